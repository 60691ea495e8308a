// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.sctp;

import java.util.List;

/** Common header and chunks (RFC 9260 §3). */
record SctpPacket(int sourcePort, int destinationPort, int tag, List<Chunk> chunks) {
  SctpPacket {
    chunks = List.copyOf(chunks);
  }
}
