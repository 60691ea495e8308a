// SPDX-License-Identifier: Apache-2.0
package tollway.session;

/**
 * Tells how long a session stands still. A volunteer can answer questions and drop what it should
 * carry, and forge the reports that would show it; it cannot forge what is decrypted. Times are in
 * nanoseconds.
 */
final class Progress {
  /**
   * What carries the streams acknowledges at once, and says again what was lost: the second frame
   * is in vain.
   */
  private static final long IN_VAIN = 2;

  private long decrypted;
  private long sentSince;

  /** When the first frame was sent that nothing came of. */
  private long waitsSince;

  /** A data frame is being sent. */
  void sent(long now) {
    if (sentSince++ == 0) {
      waitsSince = now;
    }
  }

  /** Takes note of how many packets were decrypted; true when there were new ones. */
  boolean moved(long packets) {
    boolean moved = packets != decrypted;
    if (moved) {
      decrypted = packets;
      sentSince = 0;
    }
    return moved;
  }

  /** For how long we have sent in vain. */
  long standsStill(long now) {
    return sentSince < IN_VAIN ? 0 : now - waitsSince;
  }

  /** What is in vain goes another way now, which gets its time. */
  void retried(long now) {
    waitsSince = now;
  }
}
