// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The data frames sent last, kept so that a new path can say again what died on the old one: QUIC
 * ignores what it already has, and does not wait for a time-out. Bounded in bytes.
 */
final class RecentFrames {
  /** One frame as it was sent, of so many packets; without a path it was not sent at all. */
  private record Sent(ByteBuf frame, int packets, @Nullable AttachedPath path, long at) {}

  /** Takes over a copy of a frame that is to be sent again. */
  interface Sink {
    void accept(ByteBuf frame, int packets);
  }

  private final int limit;
  private final Deque<Sent> frames = new ArrayDeque<>();
  private int bytes;

  RecentFrames(int limitBytes) {
    limit = limitBytes;
  }

  /** Keeps a reference of its own to {@code frame}, sent on {@code path} at {@code nanoTime}. */
  void add(ByteBuf frame, int packets, @Nullable AttachedPath path, long nanoTime) {
    frames.addLast(new Sent(frame.retainedSlice(), packets, path, nanoTime));
    bytes += frame.readableBytes();
    while (bytes > limit) {
      forgetOldest();
    }
  }

  /** Forgets what was sent before {@code nanoTime}. */
  void forgetBefore(long nanoTime) {
    while (!frames.isEmpty() && frames.getFirst().at() - nanoTime < 0) {
      forgetOldest();
    }
  }

  /** Hands a copy of each frame that was not sent on {@code path} to {@code sink}, oldest first. */
  void replayExcept(AttachedPath path, Sink sink) {
    for (Sent sent : frames) {
      if (sent.path() != path) {
        sink.accept(sent.frame().copy(), sent.packets());
      }
    }
  }

  /** Hands a copy of each frame that was sent on {@code path}, or on none, to {@code sink}. */
  void replayOf(@Nullable AttachedPath path, Sink sink) {
    for (Sent sent : frames) {
      if (sent.path() == path) {
        sink.accept(sent.frame().copy(), sent.packets());
      }
    }
  }

  void clear() {
    while (!frames.isEmpty()) {
      forgetOldest();
    }
  }

  private void forgetOldest() {
    Sent oldest = frames.removeFirst();
    bytes -= oldest.frame().readableBytes();
    oldest.frame().release();
  }
}
