// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.signaling.Advert;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;

/**
 * The volunteer: meets people by way of freddie and relays what they send to the egresses of its
 * invites, and nowhere else, without being able to read it. Every method and callback is on its
 * loop.
 */
public final class Widget {
  private final NettyEventLoop loop;
  private final WidgetConfig config;
  private final WidgetListener listener;
  private final SignalingClient signaling;
  private final Map<NodeId, EgressSocket> egresses = new HashMap<>();
  private final Map<MatchId, WidgetSlot> slots = new HashMap<>();
  private List<InetSocketAddress> stun = List.of();
  private String trouble = "not connected yet";

  /** Counts connections with freddie, which forgets our matches when one ends. */
  private int generation;

  private boolean known;
  private boolean ready;
  private boolean closed;

  private Widget(
      NettyEventLoop loop, WidgetConfig config, Identity identity, WidgetListener listener) {
    this.loop = loop;
    this.config = config;
    this.listener = listener;
    signaling = new SignalingClient(loop, config.freddies(), identity, new Signals());
  }

  /** Begins to connect; on the loop. */
  public static Widget start(
      NettyEventLoop loop, WidgetConfig config, Identity identity, WidgetListener listener) {
    loop.checkInLoop();
    Widget widget = new Widget(loop, config, identity, listener);
    for (Invite invite : config.invites()) {
      widget.egresses.computeIfAbsent(invite.egress(), egress -> widget.socketTo(invite)).start();
    }
    widget.signaling.start();
    return widget;
  }

  /** Who is connected now, and how much went to and fro. */
  public WidgetSnapshot snapshot() {
    loop.checkInLoop();
    List<PeerSnapshot> people = new ArrayList<>();
    Map<NodeId, PeerSnapshot> through = new HashMap<>();
    connectedEgresses().forEach(id -> through.put(id, new PeerSnapshot(id, false, 0)));
    for (WidgetSlot slot : slots.values()) {
      if (slot.isRelaying()) {
        PeerSnapshot person = slot.snapshot();
        people.add(person);
        through.computeIfPresent(
            slot.egress(),
            (id, sum) ->
                new PeerSnapshot(
                    id, sum.active() || person.active(), sum.bytes() + person.bytes()));
      }
    }
    return new WidgetSnapshot(people, List.copyOf(through.values()));
  }

  /** The egresses that are connected. */
  private List<NodeId> connectedEgresses() {
    return egresses.entrySet().stream()
        .filter(entry -> entry.getValue().isUp())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** Leaves everybody at once. */
  public void close() {
    loop.checkInLoop();
    closed = true;
    List.copyOf(slots.values()).forEach(slot -> slot.end("the volunteer is leaving"));
    egresses.values().forEach(EgressSocket::close);
    signaling.close();
  }

  private EgressSocket socketTo(Invite invite) {
    return new EgressSocket(
        loop,
        invite.egressUrls(),
        invite.token(),
        new EgressSocket.Listener() {
          @Override
          public void up() {
            restate();
          }

          @Override
          public void down(String why) {
            trouble = "egress at " + why;
            restate();
          }
        });
  }

  /** Says to freddie and to our owner what we can do now. */
  private void restate() {
    if (closed) {
      return;
    }
    List<NodeId> reachable = connectedEgresses();
    // Those matched in an earlier conversation with freddie take slots that it does not know of.
    int earlier = (int) slots.keySet().stream().filter(id -> id.generation() != generation).count();
    int offered = reachable.isEmpty() ? 0 : config.slots() - earlier;
    signaling.offerSlots(new Advert(offered, reachable, config.tag()));
    boolean now = known && !reachable.isEmpty();
    if (now != ready || !now) {
      ready = now;
      listener.readiness(now, now ? "ready for " + config.slots() : trouble);
    }
  }

  private void matched(Signal.Matched match) {
    EgressSocket egress = egresses.get(match.egress());
    if (closed
        || match.role() != Signal.Role.PRODUCER
        || egress == null
        || !egress.isUp()
        || slots.size() >= config.slots()) {
      signaling.send(new Signal.HangUp(match.match(), "no free slot", true));
      return;
    }
    MatchId id = new MatchId(generation, match.match());
    slots.put(id, new WidgetSlot(loop, match.peer(), match.egress(), egress, new SlotEvents(id)));
  }

  private int helped() {
    return (int) slots.values().stream().filter(WidgetSlot::isRelaying).count();
  }

  private final class Signals implements SignalingListener {
    @Override
    public void connected(List<String> offered) {
      known = true;
      generation++;
      StunServers.resolve(
          loop, Stream.concat(offered.stream(), config.stunServers()), found -> stun = found);
      restate();
    }

    @Override
    public void disconnected(String why) {
      known = false;
      trouble = "freddie at " + why;
      restate();
    }

    @Override
    public void matched(Signal.Matched match) {
      Widget.this.matched(match);
    }

    @Override
    public void description(Signal.Description description) {
      WidgetSlot slot = slots.get(new MatchId(generation, description.match()));
      if (slot != null && description.kind() == Signal.Kind.OFFER) {
        slot.offer(description.sdp(), PathChannels.config(stun, config.includeLoopback()));
      }
    }

    @Override
    public void candidate(Signal.Candidate candidate) {
      WidgetSlot slot = slots.get(new MatchId(generation, candidate.match()));
      if (slot != null) {
        slot.candidate(candidate.line());
      }
    }

    @Override
    public void hungUp(Signal.HangUp hangUp) {
      WidgetSlot slot = slots.get(new MatchId(generation, hangUp.match()));
      // A person whom freddie has lost sight of may still be there: the channel knows better.
      if (slot != null && !slot.isRelaying()) {
        slot.end(hangUp.why());
      }
    }

    @Override
    public void refused(Signal.Refusal refusal) {
      trouble = "freddie refuses: " + refusal.text();
      listener.readiness(false, trouble);
      ready = false;
    }
  }

  private final class SlotEvents implements WidgetSlot.Owner {
    private final MatchId id;

    SlotEvents(MatchId id) {
      this.id = id;
    }

    @Override
    public void sendAnswer(String sdp) {
      signaling.send(new Signal.Description(id.match(), Signal.Kind.ANSWER, sdp));
    }

    @Override
    public void sendCandidate(String line) {
      signaling.send(new Signal.Candidate(id.match(), line));
    }

    @Override
    public void relaying() {
      listener.helping(helped(), "somebody came");
    }

    @Override
    public void ended(String why, boolean failed) {
      slots.remove(id);
      if (id.generation() == generation) {
        signaling.send(new Signal.HangUp(id.match(), MatchId.reason(why), failed));
      } else {
        restate();
      }
      if (!closed && !failed) {
        listener.helping(helped(), "somebody left: " + why);
      }
    }
  }
}
