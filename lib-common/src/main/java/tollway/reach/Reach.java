// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/**
 * By which routes a client gets to its freddies, the best first.
 *
 * @param tls towards those that speak it
 */
public record Reach(List<Route> routes, ClientTls tls) {
  public Reach {
    routes = List.copyOf(routes);
    if (routes.isEmpty()) {
      throw new IllegalArgumentException("no freddie to connect to");
    }
  }

  /** The same, but {@code proxy} connects for us. */
  public Reach by(Upstream proxy) {
    return new Reach(routes.stream().map(route -> route.by(proxy)).toList(), tls);
  }

  /** The {@code invited} freddies behind those that the client was told of. */
  public static Reach open(ReachConfig config, List<URI> invited) {
    Reach plain =
        of(Stream.concat(config.freddies().stream(), invited.stream()).distinct().toList());
    return config.upstream().map(plain::by).orElse(plain);
  }

  /** These freddies in this order. */
  public static Reach of(List<URI> freddies) {
    return new Reach(freddies.stream().map(Route::of).toList(), ClientTls.system());
  }
}
