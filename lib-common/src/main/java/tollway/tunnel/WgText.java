// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** What the {@code wg} program reads and prints: configuration sections, and dump lines. */
final class WgText {
  private WgText() {}

  static String configuration(TunnelSpec spec) {
    String own = own(spec.keys().privateKey().base64(), spec.port());
    return own
        + spec.peer()
            .map(peer -> peer(peer.key().base64(), UapiText.text(peer.endpoint())))
            .orElse("");
  }

  /** For people: what would be configured, without the key that nobody may see. */
  static String plan(TunnelSpec spec) {
    return own("(a fresh one, never shown)", spec.port())
        + peer("(what the neighbour answers)", "(what the neighbour answers)");
  }

  private static String own(String privateKey, int port) {
    return "[Interface]\nPrivateKey = " + privateKey + "\nListenPort = " + port + "\n";
  }

  private static String peer(String publicKey, String endpoint) {
    return """

        [Peer]
        PublicKey = %s
        Endpoint = %s
        PersistentKeepalive = %d
        AllowedIPs = 0.0.0.0/0, ::/0
        """
        .formatted(publicKey, endpoint, TunnelSpec.KEEPALIVE_SECONDS);
  }

  /** Of {@code wg show NAME dump}: the interface's line, then one for each peer, tab separated. */
  static TunnelStatus parseDump(String dump) throws IOException {
    TunnelStatus.Builder status = new TunnelStatus.Builder();
    String[] lines = dump.strip().split("\n");
    String[] own = fields(lines[0], 4);
    if (!own[0].equals("(none)")) {
      status.privateKey(key(own[0]));
    }
    status.port((int) number(own[2]));
    if (lines.length > 1) {
      String[] peer = fields(lines[1], 8);
      status.peer(new TunnelKey(key(peer[0])));
      if (!peer[2].equals("(none)")) {
        status.endpoint(UapiText.endpoint(peer[2]));
      }
      status.handshakeSeconds(number(peer[4]));
      status.receivedBytes(number(peer[5]));
      status.sentBytes(number(peer[6]));
    }
    return status.build();
  }

  private static String[] fields(String line, int count) throws IOException {
    String[] fields = line.split("\t");
    if (fields.length < count) {
      throw new IOException("wg printed a line with " + fields.length + " fields");
    }
    return fields;
  }

  private static Bytes key(String base64) throws IOException {
    try {
      return TunnelKey.of(Bytes.ofBase64(base64)).bytes();
    } catch (MalformedBytesException unexpected) {
      throw new IOException("wg printed a key that is none", unexpected);
    }
  }

  private static long number(String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException unexpected) {
      throw new IOException("wg printed no number but " + text, unexpected);
    }
  }
}
