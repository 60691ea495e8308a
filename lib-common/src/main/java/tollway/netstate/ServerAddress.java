// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.net.URI;
import java.util.Locale;

/**
 * Where a netstate server is: http or https, its host and port, maybe a path in front of its own.
 */
public record ServerAddress(URI base) {
  private static final int MAX_PORT = 65535;

  public ServerAddress {
    String scheme = String.valueOf(base.getScheme()).toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https"))
        || base.getHost() == null
        || base.getPort() > MAX_PORT
        || base.getRawUserInfo() != null
        || base.getRawQuery() != null
        || base.getRawFragment() != null) {
      throw unfit();
    }
  }

  /** An {@link IllegalArgumentException} says what an address looks like. */
  public static ServerAddress parse(String text) {
    try {
      return new ServerAddress(URI.create(text.strip()));
    } catch (IllegalArgumentException notAnAddress) {
      throw unfit();
    }
  }

  /** One of the server's own paths, which begins with a slash. */
  public URI at(String path) {
    return URI.create(base.toString().replaceFirst("/+$", "") + path);
  }

  @Override
  public String toString() {
    return base.toString();
  }

  private static IllegalArgumentException unfit() {
    return new IllegalArgumentException("not the address of a netstate (http://HOST:PORT)");
  }
}
