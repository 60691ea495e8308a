// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/**
 * The file that tells a browser to use this proxy (PAC). No "DIRECT" for what the proxy cannot do:
 * a browser would go there by itself and be seen.
 */
final class ProxyAutoConfig {
  static final String MEDIA_TYPE = "application/x-ns-proxy-autoconfig";

  private static final String PATH = "/proxy.pac";

  private ProxyAutoConfig() {}

  /** In origin form: sent to the proxy itself, not to somebody by way of it. */
  static boolean isAskedBy(HttpRequest request) {
    boolean reads =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    return reads && (request.uri().equals(PATH) || request.uri().startsWith(PATH + "?"));
  }

  /**
   * Names the address that the browser has connected to. HTTP rather than SOCKS5: with that, some
   * browsers look names up themselves.
   */
  static String text(InetSocketAddress proxy) {
    return """
        function FindProxyForURL(url, host) {
          if (host === "localhost" || shExpMatch(host, "*.localhost")
              || /^127(\\.\\d+){3}$/.test(host) || host === "::1" || host === "[::1]") {
            return "DIRECT";
          }
          return "PROXY %s";
        }
        """
        .formatted(NetUtil.toSocketAddressString(proxy));
  }
}
