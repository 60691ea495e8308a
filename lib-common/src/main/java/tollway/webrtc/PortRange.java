// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.Random;

/** The ports to try for one socket: those of a range in turn, from a random start. */
final class PortRange {
  /** In a range where so many in a row are taken, waiting for more would help nobody. */
  private static final int MOST_TRIES = 1024;

  private final int least;
  private final int count;
  private int next;
  private int left;

  /** From 0 to 0: one port, which the system chooses. */
  PortRange(int least, int most, Random random) {
    this.least = least;
    this.count = most - least + 1;
    this.next = random.nextInt(count);
    this.left = Math.min(count, MOST_TRIES);
  }

  boolean hasNext() {
    return left > 0;
  }

  int next() {
    if (left == 0) {
      throw new IllegalStateException("no port left");
    }
    int port = least + next;
    next = (next + 1) % count;
    left--;
    return port;
  }
}
