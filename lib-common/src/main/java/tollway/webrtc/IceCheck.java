// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.stun.StunTransaction;

/** A request of ours that was sent over a pair and may still be answered. */
final class IceCheck {
  final Bytes id;
  final IcePair pair;
  final IceRole role;
  final boolean nominates;

  /** Repeats the request; null for a consent check, which is sent once (RFC 7675 §5.1). */
  @Nullable StunTransaction repeats;

  IceCheck(Bytes id, IcePair pair, IceRole role, boolean nominates) {
    this.id = id;
    this.pair = pair;
    this.role = role;
    this.nominates = nominates;
  }

  /** No more repeats; a late answer still counts. */
  void stopRepeating() {
    if (repeats != null) {
      repeats.finish();
    }
  }
}
