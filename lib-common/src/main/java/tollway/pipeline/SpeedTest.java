// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.session.PathSnapshot;
import tollway.session.PathState;

/** A measurement from the desktop: round trips, then down, then up, each on a stream of its own. */
final class SpeedTest {
  private static final int PINGS = 12;

  /** The first ones pay for what is set up then. */
  private static final int WARM_UP = 2;

  private static final int PING_SECONDS = 10;
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final NettyEventLoop loop;
  private final WaitingStreams streams;
  private final Supplier<List<PathSnapshot>> paths;
  private final int seconds;
  private final SpeedProgress progress;
  private final CompletableFuture<SpeedResult> result = new CompletableFuture<>();
  private final List<Duration> roundTrips = new ArrayList<>();
  private SpeedResult.@Nullable Flow down;

  SpeedTest(
      NettyEventLoop loop,
      WaitingStreams streams,
      Supplier<List<PathSnapshot>> paths,
      int seconds,
      SpeedProgress progress) {
    this.loop = loop;
    this.streams = streams;
    this.paths = paths;
    this.seconds = seconds;
    this.progress = progress;
  }

  CompletableFuture<SpeedResult> result() {
    return result;
  }

  void begin() {
    open(StreamHeader.SpeedTest.Kind.ECHO, PING_SECONDS, Echo::new);
  }

  /** The part is made when its stream is there. */
  private void open(StreamHeader.SpeedTest.Kind kind, int limit, Supplier<SpeedPart> part) {
    streams.openSpeedTest(
        kind,
        limit,
        new WaitingStreams.Outcome() {
          @Override
          public void connected(DuplexChannel stream) {
            stream.pipeline().addLast(part.get());
            stream.config().setAutoRead(true);
          }

          @Override
          public void failed(NoStream why) {
            boolean old = why.status().filter(StreamAnswer.Status.BAD_HEADER::equals).isPresent();
            fail(old ? "the egress is too old for speed tests" : why.reason());
          }

          @Override
          public boolean cancelled() {
            return result.isDone();
          }
        });
  }

  private void fail(String why) {
    result.completeExceptionally(new IOException(why));
  }

  private void finish(SpeedResult.Flow up) {
    long usable =
        paths.get().stream()
            .filter(path -> path.state() == PathState.ACTIVE || path.state() == PathState.STANDBY)
            .count();
    result.complete(new SpeedResult(roundTrips, Objects.requireNonNull(down), up, (int) usable));
  }

  private static double bitsPerSecond(long bytes, long nanos) {
    return bytes * 8e9 / Math.max(1, nanos);
  }

  private final class Echo extends SpeedPart {
    private int pings;

    Echo() {
      super(SpeedTest.this.loop, Duration.ofSeconds(PING_SECONDS), SpeedTest.this::fail);
    }

    @Override
    void begun(DuplexChannel open) {
      ping(open);
    }

    private void ping(DuplexChannel open) {
      open.writeAndFlush(Unpooled.buffer(Long.BYTES).writeLong(loop.nanoTime()));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf said) {
      if (said.readableBytes() != Long.BYTES) {
        breakOff("the egress says back something else");
        return;
      }
      long took = loop.nanoTime() - said.readLong();
      pings++;
      if (pings > WARM_UP && took > 0) {
        roundTrips.add(Duration.ofNanos(took));
      }
      if (pings < PINGS) {
        ping((DuplexChannel) context.channel());
      } else if (roundTrips.isEmpty()) {
        breakOff("the egress says back something else");
      } else if (finishOnce()) {
        open(StreamHeader.SpeedTest.Kind.DOWN, seconds, Down::new);
      }
    }

    @Override
    void ended() {
      breakOff("the egress broke the test off");
    }
  }

  /** One direction at full speed. */
  private abstract class Flow extends SpeedPart {
    final LossCount loss;
    final long first = SpeedTest.this.loop.nanoTime();
    long last = first;
    long bytes;

    Flow(LossCount loss) {
      super(SpeedTest.this.loop, Duration.ofSeconds(seconds).plus(GRACE), SpeedTest.this::fail);
      this.loss = loss;
    }

    @Override
    boolean isMeasured() {
      return bytes > 0;
    }

    final SpeedResult.Flow measured() {
      return new SpeedResult.Flow(bytes, Duration.ofNanos(last - first), loss.share());
    }
  }

  private final class Down extends Flow {
    private long told = first;

    Down() {
      super(new LossCount(paths, PathSnapshot::received));
    }

    @Override
    void begun(DuplexChannel open) {
      // The egress is who sends.
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf said) {
      bytes += said.readableBytes();
      last = loop.nanoTime();
      if (last - told > LOOK.toNanos()) {
        told = last;
        progress.measured(true, bitsPerSecond(bytes, last - first));
      }
    }

    @Override
    void ended() {
      if (finishOnce()) {
        down = measured();
        open(StreamHeader.SpeedTest.Kind.UP, seconds, Up::new);
      }
    }
  }

  private final class Up extends Flow {
    private long sent;
    private boolean over;

    Up() {
      super(new LossCount(paths, PathSnapshot::sent));
    }

    @Override
    void begun(DuplexChannel open) {
      loop.schedule(Duration.ofSeconds(seconds), () -> stop(open));
      new SpeedSource(open, () -> goesOn(open)).pour();
    }

    private boolean goesOn(DuplexChannel open) {
      if (over) {
        return false;
      }
      sent += SpeedSource.PIECE;
      if (sent >= ExitSpeedTest.MOST_BYTES) {
        loop.execute(() -> stop(open)); // Behind this piece.
      }
      return true;
    }

    private void stop(DuplexChannel open) {
      if (!over) {
        over = true;
        open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(drained -> open.shutdownOutput());
      }
    }

    /** How much the egress has heard until now. */
    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf said) {
      while (said.readableBytes() >= Long.BYTES) {
        long heard = said.readLong();
        if (heard > bytes && heard <= sent) {
          bytes = heard;
          last = loop.nanoTime();
          progress.measured(false, bitsPerSecond(bytes, last - first));
        }
      }
    }

    @Override
    void ended() {
      if (finishOnce()) {
        finish(measured());
      }
    }
  }
}
