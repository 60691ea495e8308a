// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** Bob's end of a tunnel to Alice, with the keys of RFC 7748 §6.1. */
final class Cast {
  static final String BOB_PRIVATE =
      "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
  static final String BOB_PUBLIC =
      "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
  static final String ALICE_PUBLIC =
      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

  private Cast() {}

  static TunnelKeys bobKeys() throws MalformedBytesException {
    return TunnelKeys.ofPrivate(Bytes.ofHex(BOB_PRIVATE));
  }

  static TunnelDevice device(String name) throws UnknownHostException {
    return new TunnelDevice(
        name,
        "tollway:bob:alice:eth0",
        1420,
        List.of(
            InetAddress.getByName("fe80::a"),
            InetAddress.getByName("10.77.0.1"),
            InetAddress.getByName("fd77::1")));
  }

  static TunnelSpec withoutPeer() throws MalformedBytesException, UnknownHostException {
    return new TunnelSpec(device("twtest"), bobKeys(), 51821, Optional.empty());
  }

  static TunnelSpec withPeer() throws MalformedBytesException, UnknownHostException {
    byte[] address = InetAddress.getByName("fe80::1").getAddress();
    return withoutPeer()
        .withPeer(
            new TunnelPeer(
                TunnelKey.of(Bytes.ofHex(ALICE_PUBLIC)),
                new InetSocketAddress(Inet6Address.getByAddress(null, address, 7), 51822)));
  }
}
