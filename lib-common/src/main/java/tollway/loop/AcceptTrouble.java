// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.Errors;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a listener: says in a line why connections cannot be taken, once a minute
 * while that lasts. Netty, before it, waits a second and tries again.
 */
public final class AcceptTrouble extends ChannelInboundHandlerAdapter {
  private static final long PAUSE_NANOS = 60_000_000_000L;

  /** Of Linux, for this process and for all of them. */
  private static final int EMFILE = 24;

  private static final int ENFILE = 23;

  private final Consumer<String> sink;
  private final long needed;
  private final LongSupplier nanoTime;

  /** Looked up before there are too many: that takes one itself. */
  private final OptionalLong limit = OpenFiles.limit();

  private @Nullable Long told;

  /** {@code needed}: as many open files as are enough; {@code nanoTime} is steady. */
  public AcceptTrouble(Consumer<String> sink, long needed, LongSupplier nanoTime) {
    this.sink = sink;
    this.needed = needed;
    this.nanoTime = nanoTime;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    long now = nanoTime.getAsLong();
    if (told == null || now - told >= PAUSE_NANOS) {
      told = now;
      sink.accept("no connection can be taken now: " + why(cause));
    }
  }

  private String why(Throwable cause) {
    String said = String.valueOf(cause.getMessage());
    int number = cause instanceof Errors.NativeIoException known ? -known.expectedErr() : 0;
    if (number == ENFILE || said.contains("Too many open files in system")) {
      return "the system has no open files left for anybody (fs.file-max)";
    }
    if (number == EMFILE || said.contains("Too many open files")) {
      return "%sopen files are in use: raise 'ulimit -n', or LimitNOFILE= of a service, to %d"
          .formatted(limit.isEmpty() ? "all " : "all " + limit.getAsLong() + " ", needed);
    }
    return said;
  }
}
