// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.loop.NettyEventLoop;
import tollway.onward.HopLimit;
import tollway.reach.Reach;
import tollway.session.PathHandle;
import tollway.session.PathLink;
import tollway.session.PathSnapshot;
import tollway.signaling.Endpoint;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;
import tollway.stun.NatMapping;
import tollway.webrtc.PeerConfig;
import tollway.worker.Alarm;
import tollway.worker.Keeping;
import tollway.worker.KeepingEffect;
import tollway.worker.KeepingMachine;
import tollway.worker.MatchId;
import tollway.worker.Worker;

/**
 * The volunteers of a desktop: meets them by way of freddie, and has one path by each. How many,
 * whom, and when the session is opened again is decided by {@link KeepingMachine}. On the loop.
 */
final class Volunteers {
  /** What the volunteers ask of their owner. */
  interface Owner {
    /** Add the path to the session. */
    PathHandle addPath(PathLink link, String label);

    /** All paths of the session. */
    List<PathSnapshot> paths();

    /** All paths of the session had better carry. */
    void bond();

    /** Whether a path of theirs carries. */
    void accompanied(boolean now);

    void openSession();

    void closeSession();

    /** Everything that is theirs has ended. */
    void left();
  }

  private final NettyEventLoop loop;
  private final DesktopConfig config;
  private final DesktopNews news;
  private final Owner owner;
  private final Reach reach;
  private final SignalingClient signaling;
  private final Worker<Keeping, KeepingEffect> keeping;
  private final Map<Keeping.Alarms, Alarm> alarms = new EnumMap<>(Keeping.Alarms.class);
  private final Map<MatchId, DesktopPath> paths = new HashMap<>();
  private final Map<MatchId, Stripes> stripes = new HashMap<>();
  private final StunPool stun;
  private NatMapping nat = NatMapping.UNKNOWN;

  Volunteers(
      NettyEventLoop loop, DesktopConfig config, Identity identity, DesktopNews news, Owner owner) {
    this.loop = loop;
    this.config = config;
    this.news = news;
    this.owner = owner;
    List<URI> invited = config.invite().freddies();
    reach = Reach.open(config.reach(), invited);
    signaling = new SignalingClient(loop, reach, identity, new Signals());
    if (config.includeLoopback()) {
      signaling.meetOwnHost();
    }
    stun =
        new StunPool(
            loop,
            config.stun(),
            Stream.concat(config.reach().freddies().stream(), invited.stream()).toList(),
            config.invite().stunServers().stream(),
            config.includeLoopback());
    keeping = new Worker<>(Keeping.of(isUsed() ? config.paths() : 0), this::carryOut);
    for (Keeping.Alarms each : Keeping.Alarms.values()) {
      alarms.put(each, new Alarm(loop, number -> ring(each, number)));
    }
  }

  void begin() {
    keeping.on(KeepingMachine::begin);
    if (isUsed() && !isLeaving()) {
      signaling.start();
    }
  }

  /** Ends the session, and then all the rest. */
  void leave() {
    keeping.on(KeepingMachine::leave);
  }

  boolean isLeaving() {
    return keeping.state().isLeaving();
  }

  void sessionReady() {
    keeping.on(KeepingMachine::onSessionReady);
  }

  void sessionEnded(boolean wrongPin) {
    keeping.on(was -> KeepingMachine.onSessionEnded(was, wrongPin, loop.nanoTime()));
  }

  boolean has(String label) {
    return paths.values().stream().anyMatch(path -> path.label().equals(label))
        || stripes.values().stream().anyMatch(each -> each.has(label));
  }

  /** The egress has accepted the path of this name, if it is one of ours. */
  void attached(String label) {
    Map.copyOf(paths)
        .forEach(
            (id, path) -> {
              if (path.label().equals(label)) {
                path.attached();
                news.attached();
                keeping.on(was -> KeepingMachine.onAttached(was, id));
                further(id, Stripes::begin);
              }
            });
    List.copyOf(stripes.values()).forEach(each -> each.attached(label));
  }

  /** The session has given up the path of this name, if it is one of ours. */
  void dead(String label, String why) {
    List.copyOf(paths.values()).stream()
        .filter(path -> path.label().equals(label))
        .forEach(path -> path.end(why));
    List.copyOf(stripes.values()).forEach(each -> each.dead(label, why));
  }

  /** Whose paths are not there yet. */
  int connecting() {
    return (int) paths.values().stream().filter(path -> !path.isAttached()).count();
  }

  List<PeerSnapshot> snapshot() {
    return paths.entrySet().stream()
        .filter(entry -> entry.getValue().isAttached())
        .map(entry -> snapshot(entry.getKey(), entry.getValue()))
        .toList();
  }

  private PeerSnapshot snapshot(MatchId id, DesktopPath path) {
    Stripes further = stripes.get(id);
    return further == null ? path.snapshot() : further.with(path.snapshot());
  }

  private void further(MatchId id, Consumer<Stripes> act) {
    Stripes found = stripes.get(id);
    if (found != null) {
      act.accept(found);
    }
  }

  private boolean isUsed() {
    return config.direct() != DirectUse.ONLY;
  }

  private void ring(Keeping.Alarms alarm, int number) {
    keeping.on(was -> KeepingMachine.onAlarm(was, alarm, number, loop.nanoTime()));
  }

  private Alarm alarm(Keeping.Alarms which) {
    return Objects.requireNonNull(alarms.get(which));
  }

  private void carryOut(KeepingEffect effect) {
    if (effect instanceof KeepingEffect.Wake wake) {
      alarm(wake.alarm()).set(wake.number(), wake.after());
    } else if (effect instanceof KeepingEffect.CancelWake cancel) {
      alarm(cancel.alarm()).cancel();
    } else if (effect instanceof KeepingEffect.Wish wish) {
      signaling.requestPeers(
          new Signal.PeerRequest(
              wish.missing(),
              config.invite().egress(),
              wish.exclude().stream().limit(Signal.MAX_EXCLUDED).toList(),
              config.hops() - 1,
              Endpoint.MAX_DISTANCE,
              nat));
    } else if (effect instanceof KeepingEffect.HangUp over) {
      signaling.send(
          new Signal.HangUp(over.match(), NetworkErrors.brief(over.why()), over.failed()));
    } else if (effect instanceof KeepingEffect.Connect connect) {
      connect(connect);
    } else if (effect instanceof KeepingEffect.EndPath end) {
      DesktopPath path = paths.get(end.id());
      if (path != null) {
        path.end(end.why());
      }
    } else if (effect instanceof KeepingEffect.Accompanied accompanied) {
      owner.accompanied(accompanied.now());
    } else if (effect instanceof KeepingEffect.Act act) {
      act(act);
    }
  }

  private void act(KeepingEffect.Act act) {
    switch (act) {
      case NOBODY_IS_FREE ->
          news.trouble("freddie has no volunteer for this egress yet: waiting for one");
      case OPEN_SESSION -> owner.openSession();
      case CLOSE_SESSION -> owner.closeSession();
      case LEFT -> {
        stun.close();
        signaling.close();
        owner.left();
      }
    }
  }

  private void connect(KeepingEffect.Connect to) {
    String label =
        "widget " + to.widget().brief() + (to.distance() > 0 ? " +" + to.distance() : "");
    DesktopPath path = new DesktopPath(to.widget(), label, new PathEvents(to.id()));
    paths.put(to.id(), path);
    if (to.distance() == 0) {
      // Somebody further on is not to see where we are.
      stripes.put(to.id(), new Stripes(loop, to.widget(), label, new StripesOf(path)));
    }
    news.reached(DesktopStep.VOLUNTEER_FOUND, "connecting to a volunteer");
    path.connect(loop, channels(to.distance()));
  }

  private PeerConfig channels(int distance) {
    return PathChannels.config(
            stun.draw(), config.ports(), config.includeLoopback(), reach.hellos())
        .withChannel(HopLimit.channel(distance));
  }

  private final class Signals implements SignalingListener {
    @Override
    public void connected(List<String> offered) {
      news.welcomed(offered);
      stun.welcomed(offered, signaling.isNear());
      keeping.on(KeepingMachine::onWelcome);
    }

    @Override
    public void disconnected(String why) {
      news.freddieLost(why);
      keeping.on(KeepingMachine::onFreddieLost);
    }

    @Override
    public void matched(Signal.Matched match) {
      boolean fits =
          match.role() == Signal.Role.CONSUMER
              && match.egress().equals(config.invite().egress())
              && match.distance() >= config.hops() - 1;
      KeepingEffect.Connect named =
          new KeepingEffect.Connect(
              new MatchId(keeping.state().generation(), match.match()),
              match.peer(),
              match.distance());
      keeping.on(was -> KeepingMachine.onMatched(was, named, fits));
    }

    @Override
    public void description(Signal.Description description) {
      DesktopPath path = of(description.match());
      if (path != null && description.kind() == Signal.Kind.ANSWER) {
        path.answer(description.sdp());
      }
    }

    @Override
    public void candidate(Signal.Candidate candidate) {
      DesktopPath path = of(candidate.match());
      if (path != null) {
        path.candidate(candidate.line());
      }
    }

    @Override
    public void hungUp(Signal.HangUp hangUp) {
      keeping.on(was -> KeepingMachine.onHungUp(was, hangUp.match(), hangUp.why()));
    }

    @Override
    public void refused(Signal.Refusal refusal) {
      news.freddieRefused(refusal.text());
    }

    private @Nullable DesktopPath of(long match) {
      return paths.get(new MatchId(keeping.state().generation(), match));
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
    public void nat(NatMapping found) {
      nat = found == NatMapping.UNKNOWN ? nat : found;
    }

    @Override
    public void aside(ByteBuf frame) {
      further(id, each -> each.heard(frame));
    }

    @Override
    public PathHandle open(DesktopPath path) {
      news.reached(DesktopStep.CHANNEL_OPEN, "waiting for the egress");
      return owner.addPath(path, path.label());
    }

    @Override
    public void ended(DesktopPath path, String why, boolean failed) {
      paths.remove(id);
      further(id, each -> each.end(why));
      stripes.remove(id);
      if (!isLeaving()) {
        news.pathEnded(path, why, failed);
      }
      keeping.on(was -> KeepingMachine.onPathEnded(was, id, why, failed, loop.nanoTime()));
    }
  }

  /** Further associations with the volunteer of one path. */
  private final class StripesOf implements Stripes.Owner {
    private final DesktopPath first;

    StripesOf(DesktopPath first) {
      this.first = first;
    }

    @Override
    public void say(ByteBuf frame) {
      first.send(frame);
    }

    @Override
    public Optional<PathSnapshot> first() {
      return owner.paths().stream().filter(path -> path.label().equals(first.label())).findFirst();
    }

    @Override
    public int room() {
      // Those who come in the place of others need a port while these still have theirs.
      int most = Math.min(DesktopConfig.MOST_PATHS, config.ports().count() - config.paths());
      int others = stripes.values().stream().mapToInt(Stripes::size).sum();
      return most - config.paths() - others;
    }

    @Override
    public void connect(DesktopPath stripe) {
      stripe.connect(loop, channels(0));
    }

    @Override
    public PathHandle open(DesktopPath stripe) {
      return owner.addPath(stripe, stripe.label());
    }

    @Override
    public void attached() {
      owner.bond();
    }
  }
}
