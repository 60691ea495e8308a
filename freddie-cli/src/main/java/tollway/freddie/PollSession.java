// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.signaling.Poll;
import tollway.signaling.PollAnswer;

/**
 * One client's signals, carried by requests and their answers. What it has not heard is kept and
 * said again; what it says again is heard once. Everything is on the loop, but for what says
 * otherwise.
 *
 * <pre>
 * request ──something to say, or no wait──▶ answered
 *    └──nothing──▶ parked ──a signal, 20 s, or another request──▶ answered
 * </pre>
 */
final class PollSession implements SignalConnection.Carriage {
  /** Proxies give up on answers that take longer than 30 s, some of them. */
  private static final long HOLD_SECONDS = 20;

  /** A refused client may take so long to ask why. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  private final SignalServer server;
  private final PollHall hall;
  private final Bytes name;
  private final SocketAddress remote;
  private final EventLoop loop;
  private final SignalConnection connection;
  private final FrameAllowance allowance = new FrameAllowance(System::nanoTime);

  /** What the client has not heard, as far as we know. */
  private final Deque<Bytes> unheard = new ArrayDeque<>(2);

  private int unheardBytes;

  /** The number of the first of these. */
  private long first = 1;

  /** The number of the last that the client has said. */
  private long heard;

  private @Nullable PollWaiter parked;
  private @Nullable ScheduledFuture<?> holding;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean flushing;
  private boolean introduced;
  private boolean dismissed;
  private volatile boolean ended;

  /** Any thread. */
  PollSession(
      SignalServer server,
      PollHall hall,
      Bytes name,
      SocketAddress remote,
      EventLoop loop,
      SecureRandom random) {
    this.server = server;
    this.hall = hall;
    this.name = name;
    this.remote = remote;
    this.loop = loop;
    connection = new SignalConnection(server, this, random);
  }

  /** Any thread. */
  Bytes name() {
    return name;
  }

  /** The first request. */
  void begin(PollWaiter waiter) {
    connection.begin();
    if (dismissed) {
      waiter.answer(new PollAnswer(Optional.empty(), first, heard, List.copyOf(unheard)));
      end();
    } else {
      cutAfter(server.patience(), Counters.Cut.UNPROVED);
      allowance.take(1);
      hall.enters(this);
      tell(waiter);
    }
  }

  /** A further request. */
  void asks(Poll poll, PollWaiter waiter) {
    if (ended) {
      waiter.refuse(PollHall.NOT_FOUND, "no such session: begin another");
    } else if (poll.heard() >= first + unheard.size()) {
      waiter.refuse(400, "nobody has said that yet");
    } else {
      touch();
      acknowledge(poll.heard());
      if (poll.leave()) {
        tell(waiter);
        end();
      } else {
        boolean inOrder = hear(poll);
        answer(waiter, inOrder ? Math.min(poll.patience(), HOLD_SECONDS) : 0);
      }
    }
  }

  /** The request has gone, with whoever was to hear. Any thread. */
  void gone(PollWaiter waiter) {
    onLoop(
        () -> {
          if (parked == waiter) {
            unpark();
          }
        });
  }

  /** freddie stops: nothing else is said after this. Any thread. */
  void stop() {
    onLoop(
        () -> {
          connection.refuse(Fault.STOPPING);
          flush();
        });
  }

  @Override
  public void cut(Counters.Cut why) {
    if (!ended) {
      server.counters().cut(why);
      end();
    }
  }

  @Override
  public SocketAddress remote() {
    return remote;
  }

  @Override
  public boolean isOpen() {
    return !ended;
  }

  @Override
  public void carry(byte[] signal) {
    if (loop.inEventLoop()) {
      say(Bytes.of(signal));
    } else {
      onLoop(() -> say(Bytes.of(signal)));
    }
  }

  @Override
  public void introduced() {
    introduced = true;
    hall.proved(this);
    touch();
  }

  @Override
  public void dismiss(Fault fault) {
    dismissed = true;
    connection.leave();
    cutAfter(LINGER, Counters.Cut.LINGERING);
  }

  @Override
  public void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException stopped) {
      // The process ends.
    }
  }

  /** Whether there is no gap before what the client says now. */
  private boolean hear(Poll poll) {
    allowance.take(1 + poll.signals().size());
    if (allowance.isFarOverdrawn()) {
      connection.refuse(Fault.TOO_FAST);
    }
    if (poll.first() > heard + 1) {
      return poll.signals().isEmpty();
    }
    long number = poll.first();
    for (Bytes signal : poll.signals()) {
      if (number > heard) {
        heard = number;
        connection.hear(signal.toBuffer());
      }
      number++;
    }
    return true;
  }

  private void acknowledge(long number) {
    while (!unheard.isEmpty() && first <= number) {
      int size = unheard.remove().size();
      unheardBytes -= size;
      server.backlog().remove(size);
      first++;
    }
    if (dismissed && unheard.isEmpty()) {
      end(); // It knows why.
    }
  }

  private void answer(PollWaiter waiter, long seconds) {
    long pause = dismissed ? 0 : allowance.pause();
    if (pause > 0) {
      // Whoever waits for the answer is slowed down by that; the others go too far soon.
      loop.schedule(() -> tell(waiter), pause, TimeUnit.NANOSECONDS);
    } else if (!unheard.isEmpty() || seconds == 0 || ended) {
      tell(waiter);
    } else {
      PollWaiter before = parked;
      unpark();
      if (before != null) {
        tell(before);
      }
      parked = waiter;
      if (introduced && deadline != null) {
        deadline.cancel(false);
      }
      holding = loop.schedule(this::flush, seconds, TimeUnit.SECONDS);
    }
  }

  private void unpark() {
    parked = null;
    touch();
    if (holding != null) {
      holding.cancel(false);
      holding = null;
    }
  }

  /** Lets go whoever waits, with all that there is to say. */
  private void flush() {
    flushing = false;
    PollWaiter waiter = parked;
    if (waiter != null) {
      unpark();
      tell(waiter);
    }
  }

  private void tell(PollWaiter waiter) {
    List<Bytes> now = new ArrayList<>(Math.min(unheard.size(), Poll.MOST_SIGNALS));
    int count = Poll.fitting(unheard);
    for (Bytes signal : unheard) {
      if (now.size() == count) {
        break;
      }
      now.add(signal);
    }
    waiter.answer(new PollAnswer(Optional.of(name), now.isEmpty() ? 0 : first, heard, now));
  }

  private void say(Bytes signal) {
    if (ended) {
      return;
    }
    unheard.add(signal);
    unheardBytes += signal.size();
    boolean bearable = server.backlog().add(signal.size());
    if (unheardBytes > SignalServer.UNREAD_LIMIT
        || (!bearable && unheardBytes > Backlog.BLAMELESS)) {
      cut(Counters.Cut.NOT_READING);
    } else if (parked != null && !flushing) {
      flushing = true;
      onLoop(this::flush); // After what others say now.
    }
  }

  /** It lives; unless a request is parked, it has so long to ask again. */
  private void touch() {
    if (introduced && !dismissed && !ended) {
      cutAfter(server.patience().multipliedBy(2), Counters.Cut.SILENT);
    }
  }

  private void cutAfter(Duration delay, Counters.Cut why) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline = loop.schedule(() -> cut(why), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    hall.forget(this);
    connection.end();
    flush();
    if (deadline != null) {
      deadline.cancel(false);
    }
    unheard.clear();
    server.backlog().remove(unheardBytes);
    unheardBytes = 0;
  }
}
