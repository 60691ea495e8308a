// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes wait for all clients together. Any thread. */
final class Backlog {
  private final long limit;
  private final AtomicLong waiting = new AtomicLong();

  Backlog(long limit) {
    this.limit = limit;
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
