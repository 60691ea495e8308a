// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import java.net.Inet4Address;
import java.net.URI;
import java.net.URISyntaxException;
import tollway.bytes.MalformedBytesException;

/**
 * Something to be asked of the router by HTTP. It names no host, so that nobody can send us to
 * another one.
 */
record RouterPage(int port, String path) {
  private static final int LIMIT = 512;

  RouterPage {
    if (!fits(port, path)) {
      throw new IllegalArgumentException("no page");
    }
  }

  /**
   * @throws MalformedBytesException unless {@code text} is an http address at {@code router}
   */
  static RouterPage of(String text, Inet4Address router) throws MalformedBytesException {
    return of(uri(text), router);
  }

  /** What {@code text} means where this page was read. */
  RouterPage resolve(String text, Inet4Address router) throws MalformedBytesException {
    URI here = uri("http://" + authority(router) + path);
    return of(here.resolve(uri(text)), router);
  }

  String authority(Inet4Address router) {
    return router.getHostAddress() + ":" + port;
  }

  private static RouterPage of(URI uri, Inet4Address router) throws MalformedBytesException {
    int port = uri.getPort() == -1 ? 80 : uri.getPort();
    if (!"http".equalsIgnoreCase(uri.getScheme())
        || !router.getHostAddress().equals(uri.getHost())
        || uri.getRawUserInfo() != null) {
      throw new MalformedBytesException("not the router's");
    }
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    String whole = (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    if (!fits(port, whole)) {
      throw new MalformedBytesException("an odd path");
    }
    return new RouterPage(port, whole);
  }

  private static boolean fits(int port, String path) {
    return port >= 1 && port <= 0xffff && path.matches("/[\\x21-\\x7e]{0," + LIMIT + "}");
  }

  private static URI uri(String text) throws MalformedBytesException {
    if (text.length() > LIMIT) {
      throw new MalformedBytesException("too long an address");
    }
    try {
      return new URI(text.trim());
    } catch (URISyntaxException odd) {
      throw new MalformedBytesException("not an address", odd);
    }
  }
}
