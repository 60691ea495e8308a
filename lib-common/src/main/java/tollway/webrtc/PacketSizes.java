// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.util.List;
import java.util.stream.IntStream;

/** Which SCTP packets are worth trying on a path, in bytes (RFC 8899 §5.3.2). */
final class PacketSizes {
  /** Of Ethernet, PPPoE, WireGuard and most other tunnels: what paths are made of. */
  private static final int[] MTUS = {1500, 1492, 1420, 1380};

  private static final int UDP_OVER_IPV4 = 28;
  private static final int UDP_OVER_IPV6 = 48;

  /** Header, nonce and tag of a DTLS 1.2 record with AES-GCM (RFC 6347 §4.1, RFC 5288 §3). */
  private static final int DTLS_RECORD = 13 + 8 + 16;

  private PacketSizes() {}

  /**
   * From the largest down, none above {@code most} and none that every path takes anyway. SCTP pads
   * chunks to four bytes, so each is a multiple of four.
   */
  static List<Integer> toTry(int most, boolean staysOnHost, boolean ipv6) {
    IntStream sizes =
        staysOnHost
            ? IntStream.of(most)
            : IntStream.of(MTUS)
                .map(mtu -> mtu - (ipv6 ? UDP_OVER_IPV6 : UDP_OVER_IPV4) - DTLS_RECORD)
                .filter(size -> size <= most);
    return sizes
        .map(size -> size & ~3)
        .filter(size -> size > PeerConfig.BASE_PACKET_BYTES)
        .boxed()
        .toList();
  }
}
