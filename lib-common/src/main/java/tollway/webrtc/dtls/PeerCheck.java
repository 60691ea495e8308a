// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import java.util.List;
import tollway.bytes.Bytes;

/** Decides by its certificate whether a peer is the one that is expected. On any thread. */
public interface PeerCheck {
  /** {@code certificate} is in DER, and may be nonsense. */
  boolean accepts(Bytes certificate);

  /** RFC 8842 §5.1: the certificate must be one of those that a description names. */
  static PeerCheck oneOf(List<Fingerprint> fingerprints) {
    List<Fingerprint> expected = List.copyOf(fingerprints);
    return certificate -> expected.stream().anyMatch(print -> print.matches(certificate));
  }
}
