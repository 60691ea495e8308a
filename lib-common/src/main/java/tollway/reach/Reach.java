// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.util.List;

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

  /** These freddies in this order. */
  public static Reach of(List<URI> freddies) {
    return new Reach(freddies.stream().map(Route::of).toList(), ClientTls.system());
  }
}
