// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The first handler behind the socket: cuts off who takes too long to say who they are, who falls
 * silent and who does not read. It waits for nothing that is still to be written.
 */
final class ConnectionGuard extends IdleStateHandler {
  /** Clients ping every 25 s. */
  private static final int SILENCE_SECONDS = 75;

  /** How long a connection may wait for its next request. */
  private static final Duration REST = Duration.ofSeconds(30);

  /** How long a refused client may take to read why and close. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** How long a connection that many share may take to read what waits for them. */
  private static final Duration BEARABLE = Duration.ofSeconds(10);

  private final Duration patience;
  private final Counters counters;
  private boolean shared;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ScheduledFuture<?> deadline;

  ConnectionGuard(Duration patience, Counters counters) {
    super(SILENCE_SECONDS, 0, 0);
    this.patience = patience;
    this.counters = counters;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) throws Exception {
    super.handlerAdded(added);
    context = added;
    deadline = cutAfter(patience, Counters.Cut.UNPROVED);
  }

  /** For a stream of this connection, as if it were a connection. */
  ConnectionGuard ofStream() {
    return new ConnectionGuard(patience, counters);
  }

  /** Its streams are bounded each; together they may have much to say at times. */
  void sharesIt() {
    shared = true;
  }

  /** The client has said who it claims to be: no more hurry. On the connection's loop. */
  void proved() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /** What comes now has so long to come, instead of what was granted before. On its loop. */
  void expects(Duration limit) {
    proved();
    deadline = cutAfter(limit, Counters.Cut.UNPROVED);
  }

  /** Nothing is under way: ends the connection, without blame, unless something is soon. */
  void rests() {
    proved();
    ChannelHandlerContext known = context;
    if (known != null) {
      deadline =
          known.executor().schedule(() -> known.close(), REST.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Ends the connection soon, whether or not the other side has read what was said last. */
  void cutSoon(Counters.Cut why) {
    proved();
    deadline = cutAfter(LINGER, why);
  }

  /** Ends the connection at once. Any thread. */
  void cut(Counters.Cut why) {
    ChannelHandlerContext known = context;
    if (known != null && known.channel().isActive()) {
      counters.cut(why);
      known.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    if (!shared && !changed.channel().isWritable()) {
      cut(Counters.Cut.NOT_READING);
      return;
    }
    if (!changed.channel().isWritable()) {
      changed
          .executor()
          .schedule(
              () -> {
                if (!changed.channel().isWritable()) {
                  cut(Counters.Cut.NOT_READING);
                }
              },
              BEARABLE.toNanos(),
              TimeUnit.NANOSECONDS);
    }
    changed.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ended) throws Exception {
    proved();
    super.channelInactive(ended);
  }

  @Override
  protected void channelIdle(ChannelHandlerContext idle, IdleStateEvent event) {
    cut(Counters.Cut.SILENT);
  }

  private @Nullable ScheduledFuture<?> cutAfter(Duration delay, Counters.Cut why) {
    ChannelHandlerContext known = context;
    return known == null
        ? null
        : known.executor().schedule(() -> cut(why), delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}
