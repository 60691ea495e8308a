// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tollway.loop.NettyEventLoop;
import tollway.webrtc.dtls.HelloProfile;

/**
 * By which routes a client gets to its freddies, in order: those that it was told of, and then
 * those of an operator's list. Made anywhere, then on one loop.
 */
public final class Reach {
  private final List<Route> given;
  private final Optional<Upstream> upstream;
  private final ClientTls tls;
  private final Optional<RouteMemory> memory;
  private final Optional<ListKeeper> keeper;

  /** {@code tls} is towards those that speak it. */
  public Reach(List<Route> given, ClientTls tls) {
    this(given, Optional.empty(), tls, Optional.empty(), Optional.empty());
  }

  private Reach(
      List<Route> given,
      Optional<Upstream> upstream,
      ClientTls tls,
      Optional<RouteMemory> memory,
      Optional<ListKeeper> keeper) {
    this.given = List.copyOf(given);
    this.upstream = upstream;
    this.tls = tls;
    this.memory = memory;
    this.keeper = keeper;
    if (given.isEmpty()) {
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
    Optional<Path> state = config.state();
    return new Reach(
        plain.given,
        config.upstream(),
        plain.tls,
        state.map(directory -> RouteMemory.load(directory.resolve("routes"), Instant.now())),
        state.flatMap(directory -> config.listKey().map(key -> ListKeeper.load(key, directory))));
  }

  /** The same, but {@code proxy} connects for us. */
  public Reach by(Upstream proxy) {
    return new Reach(given, Optional.of(proxy), tls, memory, keeper);
  }

  /** The same, but it begins with what worked last. */
  public Reach remembering(RouteMemory what) {
    return new Reach(given, upstream, tls, Optional.of(what), keeper);
  }

  /** The same, and behind them the freddies of an operator's list. */
  public Reach listed(ListKeeper lists) {
    return new Reach(given, upstream, tls, memory, Optional.of(lists));
  }

  /** As of now, in the order in which they are tried. */
  public List<Route> routes() {
    Stream<Route> listed = list().stream().flatMap(list -> list.routes().stream());
    return Stream.concat(given.stream(), listed)
        .map(route -> upstream.map(route::by).orElse(route))
        .distinct()
        .toList();
  }

  /** The index of the one of {@code routes} to begin with. */
  public int first(List<Route> routes) {
    return memory.map(last -> last.best(routes)).orElse(0);
  }

  public ClientTls tls() {
    return tls;
  }

  /** STUN servers of the list, {@code HOST:PORT}. */
  public List<String> stun() {
    return list().map(ReachList::stun).orElse(List.of());
  }

  /** What the list wants to be said first in DTLS, as of now; on the loop. */
  public List<HelloProfile> hellos() {
    return list().map(ReachList::hellos).orElse(List.of());
  }

  /** A freddie has welcomed us by {@code route}; {@code changed} hears of a newer list. */
  public void connected(NettyEventLoop loop, Route route, Runnable changed) {
    memory.ifPresent(last -> last.worked(route, loop.now()));
    keeper.ifPresent(lists -> lists.connected(loop, route, tls, changed));
  }

  /** The connection with that freddie has ended. */
  public void disconnected() {
    keeper.ifPresent(ListKeeper::disconnected);
  }

  private Optional<ReachList> list() {
    return keeper.flatMap(lists -> lists.list(Instant.now()));
  }
}
