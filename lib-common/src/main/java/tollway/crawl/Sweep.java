// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.io.IOException;

/**
 * Asks every address of some ranges once, and hears who answers. Blocks for as long as it takes.
 */
public interface Sweep {
  /** Hears on the sweeping thread. */
  interface Listener {
    /** Something at this address speaks STUN; may be told more than once. */
    void hit(long address) throws IOException;

    /**
     * Some more are done.
     *
     * @param done addresses whose answers would have come by now
     * @param sent addresses that were asked
     */
    void progress(long done, long sent) throws IOException;
  }

  /**
   * What it could not do.
   *
   * @param unsent addresses that the system would not send to
   * @param from the first of them, in the sweep's own order
   * @param why the last refusal
   */
  record Result(long unsent, long from, String why) {
    /** A few are refused in most networks: those that are somebody's broadcast address. */
    private static final long FEW = 2;

    /** Whether so many of those {@code asked} were left out that it says little of the ranges. */
    public boolean isPoor(long asked) {
      return unsent > Math.max(FEW, asked / 10);
    }
  }

  /** Begins after the first {@code done} addresses, in its own order. */
  Result run(long done, Listener listener) throws IOException, InterruptedException;
}
