// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import tollway.session.PathSnapshot;

/**
 * Notices a path on which much would come, if it did not lose something again and again: what an
 * SCTP that slows down at every loss makes of it. Looks once a second.
 */
final class SlowSeconds {
  /** In bytes; with less nobody waits for anything. */
  private static final long LEAST = 64 << 10;

  /** In bytes; a path that brings more is good enough. */
  private static final long MOST = 1 << 20;

  /** In packets. */
  private static final int LOST = 2;

  /** So many such seconds are no accident. */
  private static final int ENOUGH = 2;

  private long bytes;
  private long missing;
  private int seconds;

  /** How the path did until now; true: it is one of those. */
  boolean isEnough(PathSnapshot path) {
    long came = path.bytesReceived() - bytes;
    long lost = path.received().missing() - missing;
    bytes = path.bytesReceived();
    missing = path.received().missing();
    if (came >= LEAST && came <= MOST && lost >= LOST) {
      seconds++;
    }
    return seconds >= ENOUGH;
  }
}
