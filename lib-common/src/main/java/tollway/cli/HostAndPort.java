// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** The {@code HOST:PORT} of options; IPv6 in brackets. */
public final class HostAndPort {
  private HostAndPort() {}

  /** An address to listen on; {@code option} is named when the text is wrong. */
  public static InetSocketAddress toBind(String option, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
    if (host.isEmpty() || (host.contains(":") && !text.startsWith("["))) {
      throw new UserErrorException(
          option + ": '" + text + "' is not HOST:PORT (IPv6 in brackets, as in [::1]:8480)");
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (IllegalArgumentException notAPort) {
      throw new UserErrorException(option + ": '" + text + "' has no port from 0 to 65535");
    } catch (UnknownHostException unknown) {
      throw new UserErrorException(option + ": no such host: '" + host + "'");
    }
  }
}
