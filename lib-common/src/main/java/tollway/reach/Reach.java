// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** By which routes a client gets to its freddies, in order. Made anywhere, then on one loop. */
public final class Reach {
  private final List<Route> routes;
  private final ClientTls tls;
  private final Optional<RouteMemory> memory;

  /** {@code tls} is towards those that speak it. */
  public Reach(List<Route> routes, ClientTls tls) {
    this(routes, tls, Optional.empty());
  }

  private Reach(List<Route> routes, ClientTls tls, Optional<RouteMemory> memory) {
    this.routes = List.copyOf(routes);
    this.tls = tls;
    this.memory = memory;
    if (routes.isEmpty()) {
      throw new IllegalArgumentException("no freddie to connect to");
    }
  }

  /** These freddies in this order. */
  public static Reach of(List<URI> freddies) {
    return new Reach(freddies.stream().map(Route::of).toList(), ClientTls.system());
  }

  /** The {@code invited} freddies behind those that the client was told of. Reads files. */
  public static Reach open(ReachConfig config, List<URI> invited) {
    Reach plain =
        of(Stream.concat(config.freddies().stream(), invited.stream()).distinct().toList());
    Reach by = config.upstream().map(plain::by).orElse(plain);
    return config
        .state()
        .map(directory -> RouteMemory.load(directory.resolve("routes"), Instant.now()))
        .map(by::remembering)
        .orElse(by);
  }

  /** The same, but {@code proxy} connects for us. */
  public Reach by(Upstream proxy) {
    return new Reach(routes.stream().map(route -> route.by(proxy)).toList(), tls, memory);
  }

  /** The same, but it begins with what worked last. */
  public Reach remembering(RouteMemory what) {
    return new Reach(routes, tls, Optional.of(what));
  }

  public List<Route> routes() {
    return routes;
  }

  /** The index of the route to begin with. */
  public int first() {
    return memory.map(last -> last.best(routes)).orElse(0);
  }

  public ClientTls tls() {
    return tls;
  }

  /** A freddie has welcomed us by {@code route}. */
  public void worked(Route route) {
    memory.ifPresent(last -> last.worked(route, Instant.now()));
  }
}
