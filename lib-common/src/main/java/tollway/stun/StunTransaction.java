// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.time.Duration;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * Sends one request again and again until somebody {@link #finish}es it or patience ends (RFC 8489
 * §6.2.1): at once, then after 1, 3, 7, … times the first pause. Lives on one loop.
 */
public final class StunTransaction {
  private final EventLoop loop;
  private final Runnable send;
  private final Runnable onTimeout;
  private Timer timer;
  private Duration pause;
  private int sendsLeft;
  private boolean finished;

  private StunTransaction(
      EventLoop loop, Duration pause, int sends, Runnable send, Runnable onTimeout) {
    this.loop = loop;
    this.pause = pause;
    this.sendsLeft = sends;
    this.send = send;
    this.onTimeout = onTimeout;
    this.timer = () -> {};
  }

  /**
   * Sends now. After {@code sends} times, and a pause twice as long as the last, {@code onTimeout}
   * runs.
   *
   * @param pause the first (RTO of RFC 8489 §6.2.1)
   */
  public static StunTransaction start(
      EventLoop loop, Duration pause, int sends, Runnable send, Runnable onTimeout) {
    loop.checkInLoop();
    StunTransaction transaction = new StunTransaction(loop, pause, sends, send, onTimeout);
    transaction.step();
    return transaction;
  }

  /** Neither sends nor times out any more. Idempotent. */
  public void finish() {
    finished = true;
    timer.cancel();
  }

  private void step() {
    if (finished) {
      return;
    }
    if (sendsLeft == 0) {
      finished = true;
      onTimeout.run();
      return;
    }
    sendsLeft--;
    // First the timer: sending may find out at once that this was in vain, and finish.
    timer = loop.schedule(pause, this::step);
    pause = pause.multipliedBy(2);
    send.run();
  }
}
