// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.onward.HopLimit;
import tollway.session.ClientSession;
import tollway.session.ClientSessionConfig;
import tollway.session.ClientSessionListener;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.session.PathSnapshot;
import tollway.session.PathState;
import tollway.session.SessionEnd;
import tollway.signaling.Endpoint;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;

/**
 * The end of a person who is cut off: keeps a session with the pinned egress over a number of
 * volunteers, replaces those who go, and serves a local proxy. Meets freddie under an identity made
 * for this run, so that two runs cannot be linked. Every callback is on its loop.
 */
public final class Desktop {
  /** How long a volunteer who did not help is not asked for again. */
  private static final Duration SHUNNED = Duration.ofSeconds(60);

  /** How long freddie may look for a volunteer before we say that it finds none. */
  private static final Duration MATCH_PATIENCE = Duration.ofSeconds(3);

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);

  private final NettyEventLoop loop;
  private final DesktopConfig config;
  private final DesktopListener listener;
  private final Identity identity = Identity.generate(new SecureRandom());
  private final SignalingClient signaling;
  private final WaitingStreams streams;
  private final LocalProxy proxy;
  private final DirectWay direct;
  private final Map<MatchId, DesktopPath> paths = new HashMap<>();
  private final Set<NodeId> shunned = new LinkedHashSet<>();
  private final DesktopFaults faults;
  private ClientSession session;
  private List<InetSocketAddress> stun = List.of();
  private String state = "not connected to freddie yet";
  private boolean known;
  private boolean ready;
  private boolean closed;
  private int generation;
  private int failures;

  private Desktop(NettyLoops loops, DesktopConfig config, DesktopListener listener)
      throws ListenException {
    loop = loops.next();
    this.config = config;
    this.listener = listener;
    faults = new DesktopFaults(listener::fault);
    streams = new WaitingStreams(loop, () -> state);
    signaling = new SignalingClient(loop, config.invite().freddies(), identity, new Signals());
    direct = new DirectWay(loop, config.direct(), config.invite(), new DirectEvents());
    proxy = LocalProxy.bind(loops, config.listen(), new ProxyPort(loop, streams, config.user()));
    CompletableFuture<ClientSession> first = new CompletableFuture<>();
    loop.execute(() -> first.complete(openSession()));
    session = first.join();
  }

  /** Listens when it returns, and connects from then on. Not on a loop. */
  public static Desktop start(NettyLoops loops, DesktopConfig config, DesktopListener listener)
      throws ListenException {
    Desktop desktop = new Desktop(loops, config, listener);
    desktop.loop.execute(desktop::begin);
    return desktop;
  }

  /** Where the proxy listens, if it does. */
  public InetSocketAddress address() {
    return proxy.address();
  }

  public NodeId nodeId() {
    return identity.nodeId();
  }

  public NettyEventLoop loop() {
    return loop;
  }

  /** The volunteers whose paths are attached, and how much went to and fro over each. */
  public List<PeerSnapshot> snapshot() {
    loop.checkInLoop();
    return paths.values().stream()
        .filter(DesktopPath::isAttached)
        .map(DesktopPath::snapshot)
        .toList();
  }

  public DesktopStatus status() {
    loop.checkInLoop();
    return new DesktopStatus(
        ready,
        state,
        known,
        session.snapshot().paths(),
        (int) paths.values().stream().filter(path -> !path.isAttached()).count(),
        proxy.connections(),
        streams.waiting(),
        faults.counts(),
        faults.latest());
  }

  /**
   * Asks the egress to connect to {@code destination}, and lets go of it at once. The future has
   * what the egress answered, or fails when there is no way to it. Any thread.
   */
  public CompletableFuture<StreamAnswer> probe(Destination destination) {
    CompletableFuture<StreamAnswer> answer = new CompletableFuture<>();
    loop.execute(() -> streams.open(destination, new StreamProbe(answer)));
    return answer;
  }

  /** Serves a SOCKS5 client that was admitted already: its command comes next. On the loop. */
  public void serve(Channel admitted) {
    loop.checkInLoop();
    SocksProxy.serve(admitted, new ProxyPort(loop, streams, Optional.empty()));
  }

  /** Says goodbye to the egress and to the volunteers; completes within about half a second. */
  public CompletableFuture<Void> close() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          closed = true;
          proxy.close();
          streams.close();
          session.close();
          // The goodbye takes one flight; then the paths go.
          loop.schedule(
              Duration.ofMillis(100),
              () -> {
                List.copyOf(paths.values()).forEach(path -> path.end("the desktop is leaving"));
                direct.close();
                signaling.close();
                done.complete(null);
              });
        });
    return done;
  }

  private void begin() {
    direct.accompanied(false);
    if (config.direct() == DirectUse.ONLY) {
      say("not connected to the egress yet");
    } else {
      signaling.start();
      wish();
    }
  }

  private ClientSession openSession() {
    return ClientSession.open(
        loop,
        new ClientSessionConfig(
            config.invite().egress(), PathSizes.PACKET, PathSizes.FRAME, config.bond()),
        new SessionEvents());
  }

  /** Says to freddie how many volunteers are missing. */
  private void wish() {
    if (closed || config.direct() == DirectUse.ONLY) {
      return;
    }
    Set<NodeId> excluded = new LinkedHashSet<>(shunned);
    paths.values().forEach(path -> excluded.add(path.widget()));
    List<NodeId> exclude = excluded.stream().limit(Signal.MAX_EXCLUDED).toList();
    int missing = Math.max(0, config.paths() - paths.size());
    signaling.requestPeers(
        new Signal.PeerRequest(
            missing, config.invite().egress(), exclude, config.hops() - 1, Endpoint.MAX_DISTANCE));
  }

  private void matched(Signal.Matched match) {
    if (closed
        || match.role() != Signal.Role.CONSUMER
        || !match.egress().equals(config.invite().egress())
        || match.distance() < config.hops() - 1
        || paths.size() >= config.paths()) {
      signaling.send(new Signal.HangUp(match.match(), "no longer wanted", false));
      return;
    }
    MatchId id = new MatchId(generation, match.match());
    String label =
        "widget " + match.peer().brief() + (match.distance() > 0 ? " +" + match.distance() : "");
    DesktopPath path = new DesktopPath(match.peer(), label, new PathEvents(id));
    paths.put(id, path);
    say("connecting to a volunteer");
    listener.reached(DesktopStep.VOLUNTEER_FOUND);
    path.connect(
        loop,
        PathChannels.config(stun, config.ports(), config.includeLoopback())
            .withChannel(HopLimit.channel(match.distance())));
  }

  private void shun(NodeId widget) {
    shunned.add(widget);
    loop.schedule(
        SHUNNED,
        () -> {
          if (shunned.remove(widget)) {
            wish();
          }
        });
  }

  private boolean isAccompanied() {
    return paths.values().stream().anyMatch(DesktopPath::isAttached);
  }

  /** What people are told who wait for a route. */
  private void say(String now) {
    if (!ready) {
      state = now;
    }
  }

  private void sessionEnded(SessionEnd end) {
    boolean was = ready;
    ready = false;
    streams.unavailable();
    if (closed) {
      return;
    }
    state = end.text();
    faults.add(
        loop.now(),
        end.cause() == SessionEnd.Cause.WRONG_PIN
            ? DesktopFault.Cause.WRONG_PIN
            : DesktopFault.Cause.SESSION_ENDED,
        end.text());
    if (end.cause() == SessionEnd.Cause.WRONG_PIN) {
      state = end.text() + ": nothing was sent";
      listener.trouble(state);
      paths.values().forEach(path -> shun(path.widget()));
    }
    if (was) {
      listener.disconnected(end.text());
    }
    List.copyOf(paths.values()).forEach(path -> path.end("the session has ended"));
    long pause =
        Math.min(FIRST_RETRY.toMillis() << Math.min(failures, 10), LONGEST_RETRY.toMillis());
    failures++;
    loop.schedule(
        Duration.ofMillis(pause),
        () -> {
          if (!closed) {
            session = openSession();
            direct.sessionOpened();
            wish();
          }
        });
  }

  private final class Signals implements SignalingListener {
    @Override
    public void connected(List<String> offered) {
      known = true;
      generation++;
      say("no volunteer is free yet");
      listener.welcomed(offered);
      StunServers.resolve(
          loop,
          Stream.concat(offered.stream(), config.invite().stunServers().stream()),
          found -> stun = found);
      wish();
      int asked = generation;
      loop.schedule(MATCH_PATIENCE, () -> tellNobodyIsFree(asked));
    }

    private void tellNobodyIsFree(int asked) {
      if (known && !closed && !ready && asked == generation && paths.isEmpty()) {
        listener.trouble("freddie has no volunteer for this egress yet: waiting for one");
      }
    }

    @Override
    public void disconnected(String why) {
      say("cannot reach freddie: " + why);
      faults.add(loop.now(), DesktopFault.Cause.FREDDIE_AWAY, why);
      if (!ready || known) {
        listener.trouble("freddie at " + why);
      }
      known = false;
      // Half-made connections cannot go on without freddie; the others do not need it.
      List.copyOf(paths.values()).stream()
          .filter(path -> !path.isAttached())
          .forEach(path -> path.end("freddie is gone"));
    }

    @Override
    public void matched(Signal.Matched match) {
      Desktop.this.matched(match);
    }

    @Override
    public void description(Signal.Description description) {
      DesktopPath path = paths.get(new MatchId(generation, description.match()));
      if (path != null && description.kind() == Signal.Kind.ANSWER) {
        path.answer(description.sdp());
      }
    }

    @Override
    public void candidate(Signal.Candidate candidate) {
      DesktopPath path = paths.get(new MatchId(generation, candidate.match()));
      if (path != null) {
        path.candidate(candidate.line());
      }
    }

    @Override
    public void hungUp(Signal.HangUp hangUp) {
      DesktopPath path = paths.get(new MatchId(generation, hangUp.match()));
      // A volunteer whom freddie has lost sight of may still be there: the channel knows better.
      if (path != null && !path.isAttached()) {
        path.end(hangUp.why());
      }
    }

    @Override
    public void refused(Signal.Refusal refusal) {
      say("freddie refuses: " + refusal.text());
      faults.add(loop.now(), DesktopFault.Cause.FREDDIE_REFUSED, refusal.text());
      listener.trouble("freddie refuses: " + refusal.text());
    }
  }

  private final class SessionEvents implements ClientSessionListener {
    @Override
    public void ready() {
      ready = true;
      failures = 0;
      state = "connected";
      streams.available(session);
      listener.connected();
    }

    @Override
    public void pathChanged(PathSnapshot snapshot, String why) {
      for (DesktopPath path : List.copyOf(paths.values())) {
        if (path.label().equals(snapshot.label())) {
          if (snapshot.state() == PathState.DEAD) {
            if (why.equals(ClientSession.NOT_PINNED)) {
              faults.add(loop.now(), DesktopFault.Cause.WRONG_PIN, why);
            }
            path.end(why);
          } else if (snapshot.state() != PathState.PROBING) {
            path.attached();
            listener.reached(DesktopStep.PATH_ATTACHED);
          }
        }
      }
      direct.accompanied(isAccompanied());
    }

    @Override
    public void ended(SessionEnd end) {
      sessionEnded(end);
    }
  }

  private final class PathEvents implements DesktopPath.Owner {
    private final MatchId id;

    PathEvents(MatchId id) {
      this.id = id;
    }

    @Override
    public void sendOffer(String sdp) {
      signaling.send(new Signal.Description(id.match(), Signal.Kind.OFFER, sdp));
    }

    @Override
    public void sendCandidate(String line) {
      signaling.send(new Signal.Candidate(id.match(), line));
    }

    @Override
    public PathHandle open(DesktopPath path) {
      say("waiting for the egress");
      listener.reached(DesktopStep.CHANNEL_OPEN);
      return session.addPath(path, path.label());
    }

    @Override
    public void ended(DesktopPath path, String why, boolean failed) {
      paths.remove(id);
      if (closed) {
        return;
      }
      direct.accompanied(isAccompanied());
      if (id.generation() == generation) {
        signaling.send(new Signal.HangUp(id.match(), MatchId.reason(why), failed));
      }
      faults.add(
          loop.now(),
          failed ? DesktopFault.Cause.PATH_FAILED : DesktopFault.Cause.PATH_LOST,
          path.label() + ": " + why);
      if (failed) {
        say("a volunteer did not help: " + why);
        listener.trouble("volunteer " + path.widget().brief() + ": " + why);
        shun(path.widget());
      }
      wish();
    }
  }

  private final class DirectEvents implements DirectWay.Owner {
    @Override
    public void begins() {
      if (config.direct() == DirectUse.AUTO) {
        listener.trouble("no volunteer is reached: going to the egress without one");
      }
    }

    @Override
    public PathHandle open(PathLink link, String label) {
      say("waiting for the egress");
      return session.addPath(link, label);
    }

    @Override
    public void failed(String why) {
      faults.add(loop.now(), DesktopFault.Cause.PATH_FAILED, why);
      say(why);
      listener.trouble(why);
    }
  }
}
