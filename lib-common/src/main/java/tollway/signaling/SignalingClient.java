// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.reach.Reach;
import tollway.reach.Route;
import tollway.worker.Redial;
import tollway.worker.RedialPace;
import tollway.worker.Redialer;

/**
 * Keeps one connection with one of several freddies: tries them in order, starting with the one
 * that worked last and without waiting long for any, reconnects with back-off, and restates slots
 * and wishes when it is back. Every method and callback is on the loop it was made for.
 */
public final class SignalingClient {
  /** A freddie that took us for less than 10 s did not work. */
  private static final RedialPace PACE =
      new RedialPace(
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          Optional.of(Duration.ofSeconds(2)),
          Duration.ofSeconds(10));

  private final NettyEventLoop loop;
  private final Reach reach;
  private final Identity identity;

  /** So that freddie knows which connection is over when we come anew. */
  private final Bytes session = Bytes.random(new SecureRandom(), Signal.SESSION_SIZE);

  private final SignalingListener listener;
  private final Redialer redialer;
  private final MatchSeals seals;

  private final Map<Route, Solver> solvers = new HashMap<>();

  /** In the order in which they are tried. */
  private List<Route> routes;

  /** Those by which it came to polls when they worked last. */
  private final Set<Route> polled = new HashSet<>();

  private @Nullable FreddieConnection connected;
  private boolean meetsOwnHost;
  private @Nullable Advert slots;
  private Signal.@Nullable PeerRequest wish;

  public SignalingClient(
      NettyEventLoop loop, Reach reach, Identity identity, SignalingListener listener) {
    this.loop = loop;
    this.reach = reach;
    this.identity = identity;
    this.listener = listener;
    seals = new MatchSeals(identity);
    routes = reach.routes();
    redialer =
        new Redialer(loop, Redial.of(PACE, routes.size(), reach.first(routes)), this::attempt);
  }

  /** Before {@link #start}: others on this host are to be met, too, as in a lab. */
  public void meetOwnHost() {
    meetsOwnHost = true;
  }

  /** Begins to connect. */
  public void start() {
    redialer.start();
  }

  /** States what we offer as a producer, now and after every reconnection. */
  public void offerSlots(Advert advert) {
    loop.checkInLoop();
    slots = advert;
    if (connected != null) {
      connected.offer(advert, seals.publicKey());
    }
  }

  /** States how many peers we want beyond those we have; replaces an earlier wish. */
  public void requestPeers(Signal.PeerRequest request) {
    loop.checkInLoop();
    wish = request;
    send(request);
  }

  /**
   * Sends an offer or answer or a candidate, sealed, or a hang-up; lost when there is no connection
   * or the match is over.
   */
  public void send(Signal signal) {
    loop.checkInLoop();
    if (signal instanceof Signal.Description description) {
      seals.seal(description.match(), description).ifPresent(this::say);
    } else if (signal instanceof Signal.Candidate candidate) {
      seals.seal(candidate.match(), candidate).ifPresent(this::say);
    } else {
      if (signal instanceof Signal.HangUp hangUp) {
        seals.end(hangUp.match());
      }
      say(signal);
    }
  }

  private void say(Signal signal) {
    if (connected != null) {
      connected.send(signal);
    }
  }

  /** Whether the freddie that knows us is on this very host. */
  public boolean isNear() {
    loop.checkInLoop();
    return connected != null && connected.isNear();
  }

  /** Leaves, and does not come back. */
  public void close() {
    loop.checkInLoop();
    connected = null;
    seals.clear();
    redialer.close();
    reach.disconnected();
    solvers.values().forEach(Solver::close);
  }

  private FreddieConnection attempt(int number, int address) {
    Route route = routes.get(address);
    Solver solver =
        solvers.computeIfAbsent(
            route, fresh -> new Solver(loop, identity.nodeId(), fresh.toString()));
    return new FreddieConnection(
        loop,
        route,
        reach.tls(),
        polled.contains(route),
        identity,
        session,
        solver,
        new Conversation(number, route, solver));
  }

  /** There may be more or other routes than before. */
  private void reroute() {
    List<Route> now = reach.routes();
    FreddieConnection present = connected;
    if (present != null && !now.equals(routes)) {
      routes = now;
      redialer.addresses(now.size(), Math.max(0, now.indexOf(present.route())));
    }
  }

  private final class Conversation implements FreddieConnection.Owner {
    private final int number;
    private final Route route;
    private final Solver solver;

    Conversation(int number, Route route, Solver solver) {
      this.number = number;
      this.route = route;
      this.solver = solver;
    }

    @Override
    public boolean namesHost() {
      return !meetsOwnHost;
    }

    @Override
    public void welcomed(FreddieConnection connection, List<String> stun) {
      redialer.connected(number);
      solvers.values().stream().filter(other -> other != solver).forEach(Solver::close);
      connected = connection;
      if (connection.isPolling()) {
        polled.add(route);
      } else {
        polled.remove(route);
      }
      seals.clear();
      reroute();
      reach.connected(loop, connection.route(), SignalingClient.this::reroute);
      listener.connected(Stream.concat(stun.stream(), reach.stun().stream()).distinct().toList());
      Optional.ofNullable(slots).ifPresent(advert -> connection.offer(advert, seals.publicKey()));
      Optional.ofNullable(wish).filter(open -> open.count() > 0).ifPresent(connection::send);
    }

    @Override
    public void said(FreddieConnection connection, Signal signal) {
      if (signal instanceof Signal.Matched matched) {
        remember(matched);
        seals.begin(matched);
        listener.matched(matched);
      } else if (signal instanceof Signal.Sealed sealed) {
        seals.open(sealed).ifPresent(this::opened);
      } else if (signal instanceof Signal.HangUp hangUp) {
        seals.end(hangUp.match());
        listener.hungUp(hangUp);
      } else if (signal instanceof Signal.Refusal refusal) {
        redialer.refused(number, Duration.ofSeconds(refusal.retryAfterSeconds()));
        if (refusal.code() == Signal.Code.PUZZLE) {
          solver.outbid();
        }
        listener.refused(refusal);
      }
    }

    @Override
    public void ended(FreddieConnection connection, String why) {
      if (connection == connected) {
        connected = null;
        seals.clear();
        reach.disconnected();
      }
      Optional<Duration> work = solver.remaining();
      work.ifPresent(rest -> redialer.refused(number, rest)); // No use to come back before.
      listener.disconnected( // And may close us.
          connection.route()
              + ": "
              + work.map(rest -> "it asks for a puzzle, of " + rest.toSeconds() + " s more")
                  .orElse(why));
      redialer.ended(number);
    }

    private void opened(Signal word) {
      if (word instanceof Signal.Description description) {
        listener.description(description);
      } else if (word instanceof Signal.Candidate candidate) {
        listener.candidate(candidate);
      }
    }

    /** After a reconnection we wish only what is still missing. */
    private void remember(Signal.Matched matched) {
      Signal.PeerRequest open = wish;
      if (open != null
          && open.count() > 0
          && matched.role() == Signal.Role.CONSUMER
          && matched.onwardOf().isEmpty()
          && matched.egress().equals(open.egress())) {
        wish = open.less();
      }
    }
  }
}
