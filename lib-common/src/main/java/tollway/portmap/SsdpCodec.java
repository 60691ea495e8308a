// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** The search for a router that speaks UPnP, UPnP Device Architecture 1.1 §1.3. */
final class SsdpCodec {
  static final int PORT = 1900;
  static final String GROUP = "239.255.255.250";

  /** Newer ones answer as well (§1.3.2). */
  private static final String ROUTERS = "urn:schemas-upnp-org:device:InternetGatewayDevice:";

  private static final int SIZE_LIMIT = 2048;

  private SsdpCodec() {}

  /** To everybody, §1.3.2. */
  static Bytes search() {
    return question(GROUP + ":" + PORT, "MX: 1\r\n");
  }

  /** To one alone, who answers at once, §1.3.2. */
  static Bytes search(Inet4Address router) {
    return question(router.getHostAddress() + ":" + PORT, "");
  }

  private static Bytes question(String host, String patience) {
    String text =
        "M-SEARCH * HTTP/1.1\r\nHOST: "
            + host
            + "\r\nMAN: \"ssdp:discover\"\r\n"
            + patience
            + "ST: "
            + ROUTERS
            + "1\r\n\r\n";
    return Bytes.of(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Where the router describes itself, §1.3.3. */
  static RouterPage decode(Bytes datagram, InetSocketAddress from, Inet4Address router)
      throws MalformedBytesException {
    if (!router.equals(from.getAddress()) || datagram.size() > SIZE_LIMIT) {
      throw new MalformedBytesException("not the router");
    }
    String text = new String(datagram.toArray(), StandardCharsets.ISO_8859_1);
    String[] lines = text.split("\r?\n", 64);
    String location = "";
    boolean kind = false;
    for (String line : lines) {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).trim().toUpperCase(Locale.ROOT);
      if (name.equals("LOCATION")) {
        location = line.substring(colon + 1).trim();
      } else if (name.equals("ST")) {
        kind = line.substring(colon + 1).trim().startsWith(ROUTERS);
      }
    }
    if (!lines[0].startsWith("HTTP/1.1 200") || !kind) {
      throw new MalformedBytesException("not an answer");
    }
    return RouterPage.of(location, router);
  }
}
