// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One race between the addresses of a destination (RFC 8305, happy eyeballs): each gets a head
 * start before the next is tried too, the first that connects wins, and the others are cut off. On
 * its loop.
 */
final class DialRace {
  /** RFC 8305 §5: the pause before the next address is tried too. */
  private static final long NEXT_ADDRESS_MILLIS = 250;

  /** More addresses of one name than this are not tried. */
  private static final int MOST_ADDRESSES = 8;

  private final EventLoop loop;
  private final DialPolicy policy;
  private final Supplier<Bootstrap> connections;
  private final Preamble preamble;
  private final Dialer.Outcome outcome;
  private final List<InetSocketAddress> addresses = new ArrayList<>();
  private final List<ChannelFuture> running = new ArrayList<>();
  private @Nullable ScheduledFuture<?> pause;
  private int tried;
  private boolean decided;

  /** Being told the preamble. */
  private @Nullable DuplexChannel winner;

  private boolean abandoned;

  DialRace(
      EventLoop loop,
      DialPolicy policy,
      Supplier<Bootstrap> connections,
      Preamble preamble,
      Dialer.Outcome outcome) {
    this.loop = loop;
    this.policy = policy;
    this.connections = connections;
    this.preamble = preamble;
    this.outcome = outcome;
  }

  /** Begins, unless it was given up already; at least one address. */
  void start(List<InetSocketAddress> found) {
    if (!decided) {
      addresses.addAll(inTurn(found));
      next(new StreamAnswer(StreamAnswer.Status.UNREACHABLE, "the name has no address"));
    }
  }

  /** There is nothing to race for. */
  void fail(StreamAnswer why) {
    if (!decided) {
      decide();
      outcome.failed(why);
    }
  }

  boolean isOver() {
    return decided;
  }

  /** Nobody waits any more: nothing is told. */
  void giveUp() {
    abandoned = true;
    decide();
    if (winner != null) {
      winner.close();
    }
  }

  private void next(StreamAnswer ifThereIsNone) {
    cancelPause();
    if (decided) {
      return;
    }
    if (tried == addresses.size()) {
      if (running.isEmpty()) {
        fail(ifThereIsNone);
      }
      return;
    }
    InetSocketAddress address = addresses.get(tried++);
    // Asked here once more, so that nothing is dialled that was not asked about just now.
    Optional<String> objection = policy.objectionTo(address);
    if (objection.isPresent()) {
      next(new StreamAnswer(StreamAnswer.Status.FORBIDDEN, objection.get()));
      return;
    }
    ChannelFuture attempt = connections.get().connect(address);
    running.add(attempt);
    if (tried < addresses.size()) {
      pause = loop.schedule(() -> next(ifThereIsNone), NEXT_ADDRESS_MILLIS, TimeUnit.MILLISECONDS);
    }
    attempt.addListener((ChannelFuture done) -> ended(done));
  }

  private void ended(ChannelFuture attempt) {
    running.remove(attempt);
    if (decided) {
      attempt.channel().close();
    } else if (attempt.isSuccess()) {
      decide();
      introduce((DuplexChannel) attempt.channel());
    } else {
      next(answer(attempt.cause()));
    }
  }

  private void introduce(DuplexChannel connection) {
    winner = connection;
    preamble.say(
        connection,
        new Preamble.Outcome() {
          @Override
          public void said() {
            winner = null;
            if (!abandoned) {
              outcome.connected(connection);
            }
          }

          @Override
          public void failed(String why) {
            winner = null;
            connection.close();
            if (!abandoned) {
              outcome.failed(new StreamAnswer(StreamAnswer.Status.UNREACHABLE, why));
            }
          }
        });
  }

  private void decide() {
    decided = true;
    cancelPause();
    List.copyOf(running).forEach(loser -> loser.channel().close());
  }

  private void cancelPause() {
    if (pause != null) {
      pause.cancel(false);
      pause = null;
    }
  }

  /** RFC 8305 §4: the families take turns, beginning with the resolver's first choice. */
  static List<InetSocketAddress> inTurn(List<InetSocketAddress> addresses) {
    boolean sixFirst = isSix(addresses.get(0));
    List<InetSocketAddress> first = new ArrayList<>();
    List<InetSocketAddress> second = new ArrayList<>();
    addresses.forEach(address -> (isSix(address) == sixFirst ? first : second).add(address));
    List<InetSocketAddress> turns = new ArrayList<>();
    for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
      if (i < first.size()) {
        turns.add(first.get(i));
      }
      if (i < second.size()) {
        turns.add(second.get(i));
      }
    }
    return turns.subList(0, Math.min(MOST_ADDRESSES, turns.size()));
  }

  private static boolean isSix(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address;
  }

  private static StreamAnswer answer(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return new StreamAnswer(StreamAnswer.Status.TIMED_OUT, "the host does not answer");
    }
    if (cause instanceof NoRouteToHostException) {
      return new StreamAnswer(StreamAnswer.Status.UNREACHABLE, "no route to the host");
    }
    if (cause instanceof ConnectException
        && String.valueOf(cause.getMessage()).contains("refused")) {
      return new StreamAnswer(StreamAnswer.Status.REFUSED, "the host refuses the connection");
    }
    return new StreamAnswer(StreamAnswer.Status.UNREACHABLE, "the host cannot be reached");
  }
}
