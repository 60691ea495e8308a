// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One way to one freddie. By a front, TCP and TLS go to the front, such as a CDN, and only who ends
 * TLS there reads in the Host field (RFC 9110 §7.2) whose the request is.
 *
 * @param name the address that it was made from, for people
 * @param host where TCP goes: a name or an address, without brackets
 * @param port where TCP goes
 * @param tlsName whom the certificate has to be for; empty for no TLS
 * @param authority the freddie's own host and port, for the Host field
 * @param path what all paths of the freddie begin with, without a slash at the end
 * @param upstream the proxy that connects for us, if any
 */
public record Route(
    String name,
    String host,
    int port,
    Optional<String> tlsName,
    String authority,
    String path,
    Optional<Upstream> upstream) {
  private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss");
  private static final String FRONT = "front=";

  /**
   * From {@code https://FREDDIE/PATH} (or {@code http}, {@code ws}, {@code wss}) or {@code
   * https://FREDDIE/PATH#front=HOST[:PORT]}.
   *
   * @throws IllegalArgumentException that says in a line what is wrong
   */
  public static Route of(URI freddie) {
    if (String.valueOf(freddie.getRawAuthority()).contains("@")) {
      throw new IllegalArgumentException(
          "leave the user and the password out of " + shown(freddie.toString()));
    }
    String scheme = lower(freddie.getScheme());
    if (!SCHEMES.contains(scheme) || freddie.getHost() == null || !isPort(freddie.getPort())) {
      throw new IllegalArgumentException(
          "a freddie is at http://HOST or https://HOST, not " + freddie);
    }
    boolean secure = scheme.equals("https") || scheme.equals("wss");
    URI to = freddie.getRawFragment() == null ? freddie : front(freddie, secure);
    String host = bare(to.getHost());
    return new Route(
        freddie.toString(),
        host,
        to.getPort() >= 0 ? to.getPort() : secure ? 443 : 80,
        secure ? Optional.of(host) : Optional.empty(),
        freddie.getRawAuthority(),
        Optional.ofNullable(freddie.getRawPath()).orElse("").replaceFirst("/+$", ""),
        Optional.empty());
  }

  /** A URL as it may be repeated to people: without the user and the password, if it has them. */
  public static String shown(String url) {
    return url.replaceAll("(//|=)[^/?#=]*@", "$1…@");
  }

  /** The same, but a proxy connects for us. */
  public Route by(Upstream proxy) {
    return new Route(name, host, port, tlsName, authority, path, Optional.of(proxy));
  }

  public boolean isSecure() {
    return tlsName.isPresent();
  }

  /** Of a WebSocket of this freddie: its host is what the Host field has to be. */
  public URI socket(String below) {
    return URI.create((isSecure() ? "wss://" : "ws://") + authority + path + below);
  }

  /** As people gave it. */
  @Override
  public String toString() {
    return name;
  }

  private static URI front(URI freddie, boolean secure) {
    String fragment = freddie.getRawFragment();
    URI front = fragment.startsWith(FRONT) ? url(fragment.substring(FRONT.length())) : null;
    if (front == null) {
      throw new IllegalArgumentException(
          "after '#' comes front=HOST or front=HOST:PORT, not '"
              + shown(fragment)
              + "' as in "
              + shown(freddie.toString()));
    }
    if (!secure) {
      throw new IllegalArgumentException(
          "a front hides a freddie only in TLS: let it begin with https://, not as " + freddie);
    }
    return front;
  }

  /** {@code HOST} or {@code HOST:PORT} as a URL; null when it is neither. */
  private static @Nullable URI url(String authority) {
    try {
      URI url = new URI("https://" + authority);
      boolean fits =
          url.getHost() != null
              && url.getRawUserInfo() == null
              && url.getRawPath().isEmpty()
              && url.getRawQuery() == null
              && isPort(url.getPort());
      return fits ? url : null;
    } catch (URISyntaxException neither) {
      return null;
    }
  }

  private static boolean isPort(int port) {
    return port == -1 || (port > 0 && port <= 65_535);
  }

  private static String lower(@Nullable String scheme) {
    return scheme == null ? "" : scheme.toLowerCase(Locale.ROOT);
  }

  private static String bare(String host) {
    return host.replaceFirst("^\\[(.*)]$", "$1");
  }
}
