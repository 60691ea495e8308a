// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.onward.Onward;
import tollway.shaping.Rate;
import tollway.signaling.Signal;
import tollway.stun.NatMapping;
import tollway.webrtc.PeerConfig;
import tollway.worker.MatchId;
import tollway.worker.SlotEnd;

/** The people whom a volunteer meets by way of freddie, each in a slot. On its loop. */
final class WidgetSlots {
  /** What the slots ask of their owner. */
  interface Owner {
    void say(Signal signal);

    PeerConfig peerConfig();

    void passedOn(int bytes);

    /** What somebody's connection has told of the NAT before us. */
    void nat(NatMapping found);

    /** Somebody came or went. */
    void moved(String what);

    /** A slot is over. */
    void ended(NodeId person, SlotEnd cause, String why, WidgetStatus.Slot last);

    /** A slot that freddie did not know of is free. */
    void freed();
  }

  private final NettyEventLoop loop;
  private final WidgetShares shares;
  private final Owner owner;
  private final Map<MatchId, WidgetSlot> slots = new HashMap<>();

  /** Counts connections with freddie, which forgets our matches when one ends. */
  private int generation;

  WidgetSlots(NettyEventLoop loop, WidgetShares shares, Owner owner) {
    this.loop = loop;
    this.shares = shares;
    this.owner = owner;
  }

  /** A new conversation with freddie. */
  void welcomed() {
    generation++;
  }

  int size() {
    return slots.size();
  }

  /** Those matched in an earlier conversation with freddie, who does not know of them. */
  int earlier() {
    return (int) slots.keySet().stream().filter(id -> id.generation() != generation).count();
  }

  int helped() {
    return (int) slots.values().stream().filter(WidgetSlot::isRelaying).count();
  }

  Collection<WidgetSlot> all() {
    return slots.values();
  }

  /** Whether the match has its slot. */
  boolean has(long match) {
    return of(match).isPresent();
  }

  /** Takes in whom freddie has named, to be led on by {@code way}. */
  void take(Signal.Matched match, Onward way) {
    MatchId id = id(match);
    Occupied occupied = new Occupied(id, match.peer(), way);
    slots.put(id, new WidgetSlot(loop, match.peer(), match.egress(), way, shares, occupied));
  }

  /** What led the person of {@code match} on has ended, in this conversation or an earlier one. */
  void cutOff(MatchId match, String why) {
    WidgetSlot slot = slots.get(match);
    if (slot != null) {
      slot.end(SlotEnd.EGRESS_AWAY, why);
    }
  }

  MatchId id(Signal.Matched match) {
    return new MatchId(generation, match.match());
  }

  /** The person's. */
  void offer(Signal.Description description) {
    of(description.match()).ifPresent(slot -> slot.offer(description.sdp()));
  }

  void candidate(Signal.Candidate candidate) {
    of(candidate.match()).ifPresent(slot -> slot.candidate(candidate.line()));
  }

  void hungUp(Signal.HangUp hangUp) {
    // A person whom freddie has lost sight of may still be there: the channel knows better.
    of(hangUp.match())
        .filter(slot -> !slot.isRelaying())
        .ifPresent(slot -> slot.end(SlotEnd.HUNG_UP, hangUp.why()));
  }

  void limit(Optional<Rate> ratePerPerson) {
    slots.values().forEach(slot -> slot.limit(ratePerPerson));
  }

  void tick() {
    slots.values().forEach(WidgetSlot::tick);
  }

  void everybodyOut(SlotEnd cause, String why) {
    List.copyOf(slots.values()).forEach(slot -> slot.end(cause, why));
  }

  /** Who is connected now, over {@code egresses} or other volunteers, and how much went by. */
  WidgetSnapshot snapshot(List<NodeId> egresses) {
    List<PeerSnapshot> people = new ArrayList<>();
    List<PeerSnapshot> volunteers = new ArrayList<>();
    Map<NodeId, PeerSnapshot> through = new HashMap<>();
    egresses.forEach(id -> through.put(id, new PeerSnapshot(id, false, 0)));
    for (WidgetSlot slot : slots.values()) {
      if (slot.isRelaying()) {
        PeerSnapshot person = slot.snapshot();
        people.add(person);
        slot.onward()
            .ifPresentOrElse(
                volunteers::add,
                () -> through.computeIfPresent(slot.egress(), (id, sum) -> sum.and(person)));
      }
    }
    return new WidgetSnapshot(people, List.copyOf(through.values()), volunteers);
  }

  private Optional<WidgetSlot> of(long match) {
    return Optional.ofNullable(slots.get(new MatchId(generation, match)));
  }

  private final class Occupied implements WidgetSlot.Owner {
    private final MatchId id;
    private final NodeId person;
    private final Onward way;

    Occupied(MatchId id, NodeId person, Onward way) {
      this.id = id;
      this.person = person;
      this.way = way;
    }

    @Override
    public PeerConfig peerConfig() {
      return owner.peerConfig();
    }

    @Override
    public void sendAnswer(String sdp) {
      owner.say(new Signal.Description(id.match(), Signal.Kind.ANSWER, sdp));
    }

    @Override
    public void sendCandidate(String line) {
      owner.say(new Signal.Candidate(id.match(), line));
    }

    @Override
    public void relaying() {
      owner.moved("somebody came");
    }

    @Override
    public void nat(NatMapping found) {
      owner.nat(found);
    }

    @Override
    public void passedOn(int bytes) {
      owner.passedOn(bytes);
    }

    @Override
    public void ended(SlotEnd cause, String why, boolean failed) {
      way.release();
      WidgetSlot slot = slots.remove(id);
      if (slot != null) {
        owner.ended(person, cause, why, slot.status());
      }
      if (id.generation() == generation) {
        owner.say(new Signal.HangUp(id.match(), NetworkErrors.brief(why), failed));
      } else {
        owner.freed();
      }
      if (!failed) {
        owner.moved("somebody left: " + why);
      }
    }
  }
}
