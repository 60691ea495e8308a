// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.concurrent.atomic.AtomicLong;

/** How many bytes wait for all clients together. Any thread. */
final class Backlog {
  /** Who has less than this waiting is never to blame for a long backlog, in bytes. */
  static final int BLAMELESS = 16 << 10;

  private final long limit;
  private final AtomicLong waiting = new AtomicLong();

  Backlog(long limit) {
    this.limit = limit;
  }

  /**
   * Writes something of {@code size} bytes, which wait here until they are sent; cuts the
   * connection off when too much waits and it is to blame. Any thread.
   */
  ChannelFuture write(Channel channel, ConnectionGuard guard, Object what, int size) {
    boolean bearable = add(size);
    ChannelFuture written = channel.writeAndFlush(what);
    written.addListener(sent -> remove(size));
    if (!bearable && channel.bytesBeforeUnwritable() < SignalServer.UNREAD_LIMIT - BLAMELESS) {
      guard.cut(Counters.Cut.NOT_READING);
    }
    return written;
  }

  /** Counts what will wait; whether all that waits is within the limit. */
  boolean add(int bytes) {
    return waiting.addAndGet(bytes) <= limit;
  }

  /** What waited was sent, or is lost. */
  void remove(int bytes) {
    waiting.addAndGet(-bytes);
  }

  long bytes() {
    return waiting.get();
  }
}
