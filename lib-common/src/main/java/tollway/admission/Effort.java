// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

/**
 * What effort to suggest to strangers: 0 while nobody has to wait, more for as long as those who do
 * as suggested wait in vain, and two thirds of it when nobody waits any more. That is the rule of
 * Tor's proposal 327, evaluated every 10 s, but that only efforts count that were proved.
 */
public final class Effort {
  private final int least;
  private int suggested;
  private long proved;
  private long handled;
  private boolean waited;
  private int turnedAway = -1;

  /** Never suggests less than {@code least}, which is 0 for who wants nothing of idle hands. */
  public Effort(int least) {
    this.least = least;
    suggested = least;
  }

  public int suggested() {
    return suggested;
  }

  /** Somebody's turn came; the effort was proved. */
  public void handled(int effort) {
    handled++;
    proved += effort;
  }

  /** There was no room for somebody, or their turn did not come in time. */
  public void turnedAway(int effort) {
    turnedAway = Math.max(turnedAway, effort);
  }

  /** More wait than are served in a moment. */
  public void waited() {
    waited = true;
  }

  /** A period has passed; {@code highest} is the greatest effort of {@code waiting} people. */
  public void update(int waiting, int highest) {
    if (turnedAway > suggested || (waited && waiting > 0 && highest >= suggested)) {
      long mean = handled == 0 ? 0 : proved / handled;
      suggested = (int) Math.min(Puzzle.MAX_EFFORT, Math.max(suggested + 1L, mean));
    } else if (!waited && turnedAway < 0) {
      suggested = Math.max(least, suggested * 2 / 3);
    }
    proved = 0;
    handled = 0;
    waited = false;
    turnedAway = -1;
  }
}
