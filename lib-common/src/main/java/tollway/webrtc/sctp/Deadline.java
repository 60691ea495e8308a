// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * A timer that is set again with every packet. Moving it later costs nothing: the loop's timer
 * stays and, when it fires early, is set for the rest.
 */
final class Deadline {
  private static final long OFF = Long.MAX_VALUE;

  private final EventLoop loop;
  private final Runnable task;
  private long at = OFF;
  private long wakesAt = OFF;
  private @Nullable Timer timer;

  Deadline(EventLoop loop, Runnable task) {
    this.loop = loop;
    this.task = task;
  }

  void setIn(long nanos) {
    at = loop.nanoTime() + nanos;
    if (timer != null && wakesAt <= at) {
      return;
    }
    stop();
    wake(nanos);
  }

  boolean isSet() {
    return at != OFF;
  }

  /** The loop's timer stays until it fires, and then does nothing. */
  void clear() {
    at = OFF;
  }

  /** Also takes the loop's timer away. */
  void close() {
    at = OFF;
    stop();
  }

  private void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void wake(long nanos) {
    wakesAt = loop.nanoTime() + nanos;
    timer = loop.schedule(Duration.ofNanos(nanos), this::fire);
  }

  private void fire() {
    timer = null;
    if (at == OFF) {
      return;
    }
    long left = at - loop.nanoTime();
    if (left > 0) {
      wake(left);
    } else {
      at = OFF;
      task.run();
    }
  }
}
