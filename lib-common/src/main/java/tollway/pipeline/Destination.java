// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.regex.Pattern;
import tollway.bytes.MalformedBytesException;

/**
 * Where a stream shall go. The host is a name that only the egress resolves, in lower case, or an
 * IPv4 or IPv6 address in its usual text form, without brackets.
 */
public record Destination(String host, int port) {
  /** RFC 1035 §2.3.4, without the root's dot. */
  static final int NAME_LIMIT = 253;

  // Names that real hosts have, underscores included. Anything else never meant a host.
  private static final Pattern NAME = Pattern.compile("[a-z0-9_]([a-z0-9._-]*[a-z0-9_.])?");

  public Destination {
    if (!isHost(host) || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no destination: '" + host + "' port " + port);
    }
  }

  /** From outside: a name in any case, or an address with or without brackets. */
  public static Destination of(String host, int port) throws MalformedBytesException {
    if (port < 1 || port > 65_535) {
      throw new MalformedBytesException("there is no port " + port);
    }
    String bare = host.toLowerCase(Locale.ROOT);
    if (bare.startsWith("[") && bare.endsWith("]")) {
      bare = bare.substring(1, bare.length() - 1);
      if (!NetUtil.isValidIpV6Address(bare)) {
        throw new MalformedBytesException("no IPv6 address stands between the brackets");
      }
    }
    if (!isHost(bare)) {
      throw new MalformedBytesException("neither a host name nor an address");
    }
    return new Destination(bare, port);
  }

  /** Reads {@code HOST:PORT}; without a port, {@code defaultPort} if that is not 0. */
  public static Destination parse(String authority, int defaultPort)
      throws MalformedBytesException {
    int colon = authority.lastIndexOf(':');
    if (authority.endsWith("]") || colon < 0) {
      return of(authority, defaultPort);
    }
    String host = authority.substring(0, colon);
    String port = authority.substring(colon + 1);
    if (host.contains(":") && !host.startsWith("[")) {
      throw new MalformedBytesException("an IPv6 address needs brackets before its port");
    }
    if (port.isEmpty() && defaultPort != 0) {
      return of(host, defaultPort); // RFC 3986 §3.2.3 allows "host:".
    }
    if (!port.matches("[0-9]{1,5}")) {
      throw new MalformedBytesException("no port follows the host");
    }
    return of(host, Integer.parseInt(port));
  }

  public boolean isAddress() {
    return NetUtil.isValidIpV4Address(host) || host.indexOf(':') >= 0;
  }

  /** As it stands in a URL or a Host field, the default port of http left out. */
  String authority() {
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == 80 ? bracketed : bracketed + ":" + port;
  }

  private static boolean isHost(String host) {
    if (host.indexOf(':') >= 0) {
      // A zone (RFC 4007) names an interface of somebody's own host.
      return host.indexOf('%') < 0 && NetUtil.isValidIpV6Address(host);
    }
    return host.length() <= NAME_LIMIT && NAME.matcher(host).matches() && !host.contains("..");
  }
}
