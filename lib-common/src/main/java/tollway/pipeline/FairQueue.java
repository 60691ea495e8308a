// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The queue of a WebSocket, shared by its paths: each may fill as large a part of it as the others
 * that have something in it, and what leaves the queue is in the same proportion. Without that who
 * sends most would get most. Counts bytes; any thread.
 */
final class FairQueue {
  /** What a path may always have in the queue: two of the longest frames that sessions send. */
  private static final int LEAST = 2 * PathSizes.FRAME;

  private final int room;
  private final AtomicInteger all = new AtomicInteger();
  private final AtomicInteger busy = new AtomicInteger();

  /** {@code room} is what all together may have in it, but for the least of each. */
  FairQueue(int room) {
    this.room = room;
  }

  /** In the queue, of all paths together. */
  int bytes() {
    return all.get();
  }

  /** What one path has in the queue. */
  final class Part {
    private final AtomicInteger mine = new AtomicInteger();

    /** Puts something in, if it fits. */
    boolean enter(int bytes) {
      int share = Math.max(LEAST, room / Math.max(1, busy.get()));
      int before = mine.get();
      if ((before > 0 && before + bytes > share) || all.get() + bytes > 2 * room) {
        return false;
      }
      if (mine.getAndAdd(bytes) == 0) {
        busy.incrementAndGet();
      }
      all.addAndGet(bytes);
      return true;
    }

    /** Something that was put in has gone. */
    void leave(int bytes) {
      if (mine.addAndGet(-bytes) == 0) {
        busy.decrementAndGet();
      }
      all.addAndGet(-bytes);
    }
  }
}
