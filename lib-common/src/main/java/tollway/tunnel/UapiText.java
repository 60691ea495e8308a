// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/** The cross-platform WireGuard configuration protocol: {@code key=value} lines, keys in hex. */
final class UapiText {
  static final String GET = "get=1\n\n";

  private UapiText() {}

  static String set(TunnelSpec spec) {
    StringBuilder text = new StringBuilder("set=1\n");
    line(text, "private_key", spec.keys().privateKey().hex());
    line(text, "listen_port", Integer.toString(spec.port()));
    line(text, "replace_peers", "true");
    if (spec.peer().isPresent()) {
      TunnelPeer peer = spec.peer().get();
      line(text, "public_key", peer.key().bytes().hex());
      line(text, "endpoint", text(peer.endpoint()));
      line(text, "persistent_keepalive_interval", "" + TunnelSpec.KEEPALIVE_SECONDS);
      line(text, "replace_allowed_ips", "true");
      line(text, "allowed_ip", "0.0.0.0/0");
      line(text, "allowed_ip", "::/0");
    }
    return text.append('\n').toString();
  }

  /** Both {@code wg} and {@code wireguard-go} take a zone, by name or number. */
  static String text(InetSocketAddress endpoint) {
    String host = endpoint.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + endpoint.getPort();
  }

  static InetSocketAddress endpoint(String text) throws IOException {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IOException("not an endpoint: " + text);
    }
    String host = text.substring(0, colon).replaceAll("[\\[\\]]", "").replaceFirst("%.*", "");
    if (!host.matches("[0-9a-fA-F:.]+")) { // A name would be looked up.
      throw new IOException("not an endpoint: " + text);
    }
    return new InetSocketAddress(
        InetAddress.getByName(host), (int) number(text.substring(colon + 1)));
  }

  static TunnelStatus parseStatus(String answer) throws IOException {
    TunnelStatus.Builder status = new TunnelStatus.Builder();
    for (String line : answer.split("\n")) {
      int equals = line.indexOf('=');
      if (equals < 0) {
        continue;
      }
      String value = line.substring(equals + 1);
      switch (line.substring(0, equals)) {
        case "private_key" -> status.privateKey(key(value));
        case "listen_port" -> status.port((int) number(value));
        case "public_key" -> status.peer(new TunnelKey(key(value)));
        case "endpoint" -> status.endpoint(endpoint(value));
        case "last_handshake_time_sec" -> status.handshakeSeconds(number(value));
        case "last_handshake_time_nsec" -> status.handshakeNanos(number(value));
        case "rx_bytes" -> status.receivedBytes(number(value));
        case "tx_bytes" -> status.sentBytes(number(value));
        default -> {} // fwmark, allowed_ip and whatever later versions add.
      }
    }
    return status.build();
  }

  /** Zero, or the negative error number of the answer. */
  static long errno(String answer) throws IOException {
    for (String line : answer.split("\n")) {
      if (line.startsWith("errno=")) {
        String value = line.substring("errno=".length());
        return value.startsWith("-") ? -number(value.substring(1)) : number(value);
      }
    }
    throw new IOException("the answer has no errno line");
  }

  private static Bytes key(String hex) throws IOException {
    try {
      Bytes key = Bytes.ofHex(hex);
      if (key.size() == TunnelKey.SIZE) {
        return key;
      }
    } catch (MalformedBytesException notHex) {
      // Told below: one line for both faults.
    }
    throw new IOException("a key in the answer is not 64 hexadecimal digits");
  }

  private static long number(String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notANumber) {
      throw new IOException("not a number in the answer: " + text, notANumber);
    }
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(key).append('=').append(value).append('\n');
  }
}
