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

  /** What it could not do. */
  record Result(long unsent, String why) {}

  /** Begins after the first {@code done} addresses, in its own order. */
  Result run(long done, Listener listener) throws IOException, InterruptedException;
}
