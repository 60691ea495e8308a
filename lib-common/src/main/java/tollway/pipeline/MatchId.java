// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import tollway.signaling.Signal;

/** A match within one of our conversations with freddie, which numbers them anew each time. */
record MatchId(int generation, long match) {
  /** {@code why} as it may stand in a hang-up. */
  static String reason(String why) {
    return why.length() > Signal.MAX_TEXT ? why.substring(0, Signal.MAX_TEXT) : why;
  }
}
