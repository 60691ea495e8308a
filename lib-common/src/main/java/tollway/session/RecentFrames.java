// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The data frames sent last, kept so that a new path can say again what died on the old one: QUIC
 * ignores what it already has, and does not wait for a time-out. Bounded in bytes.
 */
final class RecentFrames {
  private record Sent(ByteBuf frame, long at) {}

  private final int limit;
  private final Deque<Sent> frames = new ArrayDeque<>();
  private int bytes;

  RecentFrames(int limitBytes) {
    limit = limitBytes;
  }

  /** Keeps a reference of its own to {@code frame}, sent at {@code nanoTime}. */
  void add(ByteBuf frame, long nanoTime) {
    frames.addLast(new Sent(frame.retainedSlice(), nanoTime));
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

  /** Hands a new reference to each frame to {@code sink}, oldest first. */
  void replay(Consumer<ByteBuf> sink) {
    for (Sent sent : frames) {
      sink.accept(sent.frame().retainedSlice());
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
