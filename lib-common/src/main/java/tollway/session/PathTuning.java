// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.time.Duration;

/**
 * When a path is asked whether it lives, and when it is given up.
 *
 * @param busySilence an active path that owes us packets and is silent this long is asked
 * @param idleInterval any other path is asked this often, which also keeps NAT bindings
 * @param busyRetry the least time between questions to a busy path; twice the round trip if longer
 * @param idleRetry the same for the others
 * @param losses so many unanswered questions and the path is dead
 */
record PathTuning(
    Duration busySilence,
    Duration idleInterval,
    Duration busyRetry,
    Duration idleRetry,
    int losses) {
  static final PathTuning DEFAULT =
      new PathTuning(
          Duration.ofMillis(150),
          Duration.ofSeconds(5),
          Duration.ofMillis(100),
          Duration.ofSeconds(1),
          3);
}
