// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import org.jspecify.annotations.Nullable;

/** What one SACK has changed; one object, filled again for each. */
final class Acknowledged {
  boolean cumulativeAdvanced;
  int reliableBytes;
  int datagramBytes;

  /** The chunk sent last among those newly acknowledged. */
  @Nullable OutboundChunk newest;

  void clear() {
    cumulativeAdvanced = false;
    reliableBytes = 0;
    datagramBytes = 0;
    newest = null;
  }
}
