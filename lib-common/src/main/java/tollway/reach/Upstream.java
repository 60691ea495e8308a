// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A proxy that connects for us, and looks names up itself.
 *
 * @param host a name or an address, without brackets
 */
public record Upstream(Kind kind, String host, int port, Optional<Login> login) {
  /** How one speaks to it. */
  public enum Kind {
    /** CONNECT, RFC 9110 §9.3.6. */
    HTTP,
    /** RFC 1928. */
    SOCKS5
  }

  /** What it may want to hear from us; RFC 1929 §2 says how long both may be. */
  public record Login(String user, String password) {
    private static final int LIMIT = 255;

    public Login {
      if (!fits(user) || !fits(password) || user.indexOf(':') >= 0) {
        throw mistake();
      }
    }

    /** From {@code USER:PASSWORD}. */
    public static Login parse(String line) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        throw mistake();
      }
      return new Login(line.substring(0, colon), line.substring(colon + 1));
    }

    /** Never the password. */
    @Override
    public String toString() {
      return "Login";
    }

    private static boolean fits(String part) {
      int size = part.getBytes(StandardCharsets.UTF_8).length;
      return size >= 1 && size <= LIMIT && part.codePoints().noneMatch(Character::isISOControl);
    }

    private static IllegalArgumentException mistake() {
      return new IllegalArgumentException(
          "give USER:PASSWORD on one line, each of 1 to 255 bytes of UTF-8");
    }
  }

  /**
   * From {@code http://HOST:PORT} or {@code socks5://HOST:PORT} ({@code socks5h} means the same).
   *
   * @throws IllegalArgumentException that says in a line what is wrong
   */
  public static Upstream parse(String text, Optional<Login> login) {
    URI url = url(text);
    String scheme =
        url == null || url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
    if (url != null && url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "user and password belong into a file, where others do not see them");
    }
    if (url == null
        || !scheme.matches("http|socks5h?")
        || url.getHost() == null
        || url.getPort() < 1
        || url.getPort() > 65_535
        || !url.getRawPath().matches("/?")
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "'" + text + "' is no proxy such as http://HOST:PORT or socks5://HOST:PORT");
    }
    return new Upstream(
        scheme.equals("http") ? Kind.HTTP : Kind.SOCKS5,
        url.getHost().replaceFirst("^\\[(.*)]$", "$1"),
        url.getPort(),
        login);
  }

  /** Never the password. */
  @Override
  public String toString() {
    return (kind == Kind.HTTP ? "http" : "socks5") + "://" + authority(host, port);
  }

  /** As it may stand in a URL. */
  static String authority(String host, int port) {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private static @Nullable URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException notAUrl) {
      return null;
    }
  }
}
