// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** What the {@code wg} program reads and prints: configuration sections, and dump lines. */
final class WgText {
  private WgText() {}

  static String configuration(TunnelSpec spec) {
    StringBuilder text = new StringBuilder();
    text.append("[Interface]\n");
    text.append("PrivateKey = ").append(spec.keys().privateKey().base64()).append('\n');
    text.append("ListenPort = ").append(spec.port()).append('\n');
    if (spec.peer().isPresent()) {
      TunnelPeer peer = spec.peer().get();
      text.append("\n[Peer]\n");
      text.append("PublicKey = ").append(peer.key().base64()).append('\n');
      text.append("Endpoint = ").append(UapiText.text(peer.endpoint())).append('\n');
      text.append("PersistentKeepalive = ").append(TunnelSpec.KEEPALIVE_SECONDS).append('\n');
      text.append("AllowedIPs = 0.0.0.0/0, ::/0\n");
    }
    return text.toString();
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
