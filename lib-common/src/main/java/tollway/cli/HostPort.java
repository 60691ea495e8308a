// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** A {@code HOST:PORT} option: a name, an IPv4 address or a bracketed IPv6 address, and a port. */
public record HostPort(String host, int port) {
  /** {@code option} is named in the error line; port 0 means any free one. */
  public static HostPort parse(String option, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw mistake(option, text); // A bare IPv6 address: which part is the port?
    }
    if (host.isEmpty() || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw mistake(option, text);
    }
    int port = Integer.parseInt(text.substring(colon + 1));
    if (port > 65535) {
      throw mistake(option, text);
    }
    return new HostPort(host, port);
  }

  /** Looks the host up; blocks while the system resolves a name. */
  public InetSocketAddress resolve(String option) {
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException unknown) {
      throw new UserErrorException(option + ": no such host: " + host);
    }
  }

  /** As it may stand in a URL. */
  @Override
  public String toString() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }

  private static UserErrorException mistake(String option, String text) {
    return new UserErrorException(option + ": '" + text + "' is not HOST:PORT");
  }
}
