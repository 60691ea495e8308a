// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

/** Who watches a measurement; on the desktop's loop. */
public interface SpeedProgress {
  /** Nobody. */
  SpeedProgress UNSEEN = (down, bitsPerSecond) -> {};

  /** How fast it was until now, down to us or up from us. */
  void measured(boolean down, double bitsPerSecond);
}
