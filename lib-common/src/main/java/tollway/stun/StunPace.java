// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import java.time.Duration;

/**
 * How patiently a question is asked: {@code sends} times, with a first pause that doubles.
 *
 * @param pause the first; the only one when there is one send
 */
public record StunPace(Duration pause, int sends) {
  /** Three times within 1.75 s: lost packets are made good, and silence is soon known. */
  public static final StunPace QUICK = new StunPace(Duration.ofMillis(250), 3);

  public StunPace {
    if (pause.isNegative() || pause.isZero() || sends < 1 || sends > 7) {
      throw new IllegalArgumentException("a question is asked 1 to 7 times");
    }
  }

  /** Once. */
  public static StunPace once(Duration patience) {
    return new StunPace(patience, 1);
  }

  /** When silence is an answer. */
  public Duration patience() {
    return pause.multipliedBy((1L << sends) - 1);
  }
}
