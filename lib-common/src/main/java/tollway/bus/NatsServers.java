// SPDX-License-Identifier: Apache-2.0
package tollway.bus;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The NATS servers that make up one bus; any of them will do.
 *
 * @param urls {@code nats://host:port} or {@code tls://host:port}, as jnats takes them
 */
public record NatsServers(List<String> urls) {
  private static final int MOST = 16;
  private static final int DEFAULT_PORT = 4222;

  public NatsServers {
    urls = List.copyOf(urls);
  }

  /**
   * From a list with commas: {@code nats://host:port,nats://other:port}; the scheme of the first is
   * that of those without one.
   *
   * @throws IllegalArgumentException with what to change
   */
  public static NatsServers parse(String text) {
    List<String> urls = new ArrayList<>();
    String scheme = "";
    for (String each : text.split(",", -1)) {
      String url = each.contains("://") || scheme.isEmpty() ? each.strip() : scheme + each.strip();
      URI server = uri(url);
      scheme = server.getScheme().toLowerCase(Locale.ROOT) + "://";
      urls.add(
          scheme
              + server.getHost()
              + ":"
              + (server.getPort() < 0 ? DEFAULT_PORT : server.getPort()));
    }
    if (urls.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " servers");
    }
    if (urls.stream().anyMatch(NatsServers::isSecure)
        != urls.stream().allMatch(NatsServers::isSecure)) {
      throw new IllegalArgumentException("use tls:// for all servers or for none");
    }
    return new NatsServers(urls);
  }

  /** Whether we speak TLS with them. */
  public boolean isSecure() {
    return urls.stream().allMatch(NatsServers::isSecure);
  }

  private static boolean isSecure(String url) {
    return url.startsWith("tls://");
  }

  private static URI uri(String url) {
    // Whatever is secret stays so.
    String shown = url.replaceFirst("//.*@", "//…@").replaceAll("\\p{Cntrl}", "?");
    URI server;
    try {
      server = URI.create(url);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("'" + shown + "' is not nats://HOST:PORT");
    }
    if (url.contains("@")) {
      throw new IllegalArgumentException(
          "leave the name and password out of '"
              + shown
              + "' and use --bus-credentials: everybody on this host can read them");
    }
    String scheme = Optional.ofNullable(server.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    boolean bare =
        Optional.ofNullable(server.getRawPath()).orElse("").matches("/?")
            && server.getRawQuery() == null
            && server.getRawFragment() == null;
    if (!(scheme.equals("nats") || scheme.equals("tls"))
        || server.getHost() == null
        || server.getPort() == 0
        || server.getPort() > 65535
        || !bare) {
      throw new IllegalArgumentException("'" + shown + "' is not nats://HOST:PORT");
    }
    return server;
  }
}
