// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;
import tollway.onward.Onward;
import tollway.onward.VolunteerHops;
import tollway.signaling.Advert;
import tollway.signaling.PathAssertion;
import tollway.signaling.Signal;
import tollway.signaling.SignalingClient;
import tollway.signaling.SignalingListener;
import tollway.webrtc.PeerConfig;

/**
 * The volunteer: meets people by way of freddie and relays what they send to the egresses of its
 * invites, itself or by way of other volunteers, and nowhere else, without being able to read it.
 * Every method and callback is on its loop.
 */
public final class Widget {
  private static final Duration TICK = Duration.ofSeconds(1);

  private final NettyEventLoop loop;
  private final NodeId node;
  private final WidgetConfig config;
  private final WidgetListener listener;
  private final SignalingClient signaling;
  private final VolunteerHops hops;
  private final WidgetWays ways;
  private final Map<MatchId, WidgetSlot> slots = new HashMap<>();
  private List<InetSocketAddress> stun = List.of();
  private String trouble = "not connected yet";
  private final WidgetShares shares;
  private final WidgetRecord record = new WidgetRecord();
  private WidgetLimits limits;
  private Standing standing = Standing.OPEN; // Until it is considered.
  private Standing.Wish wish = Standing.Wish.HELP;
  private @Nullable RelayCount count;
  private @Nullable Timer ticking;
  private boolean metered;

  /** Counts connections with freddie, which forgets our matches when one ends. */
  private int generation;

  private boolean known;
  private boolean ready;
  private boolean closed;

  private Widget(
      NettyEventLoop loop, WidgetConfig config, Identity identity, WidgetListener listener) {
    this.loop = loop;
    node = identity.nodeId();
    this.config = config;
    this.listener = listener;
    limits = config.limits();
    shares = new WidgetShares(loop);
    signaling = new SignalingClient(loop, config.freddies(), identity, new Signals());
    hops = new VolunteerHops(loop, signaling::send, this::channels);
    ways = new WidgetWays(loop, config, hops, new EgressEvents());
  }

  /** Not yet connected to anybody; any thread. */
  public static Widget create(
      NettyEventLoop loop, WidgetConfig config, Identity identity, WidgetListener listener) {
    return new Widget(loop, config, identity, listener);
  }

  /** Begins to connect; once. */
  public void start() {
    loop.checkInLoop();
    shares.limit(limits);
    consider();
    ways.start();
    signaling.start();
    ticking = loop.every(TICK, this::tick);
  }

  /** Counts what is relayed from now on in {@code journal}; before limits with a quota are set. */
  public void countIn(RelayJournal journal) {
    loop.checkInLoop();
    LocalDate today = wallClock().toLocalDate();
    RelayCount begun = new RelayCount(journal, this::consider, today);
    count = begun;
    begun.tick(today);
    consider();
  }

  public boolean isCounting() {
    return count != null;
  }

  public WidgetLimits limits() {
    return limits;
  }

  /** What the volunteer gives from now on. Fewer slots drain: nobody is sent away for that. */
  public void limit(WidgetLimits now) {
    loop.checkInLoop();
    if (now.hasQuota() && count == null) {
      throw new IllegalStateException("a quota needs a journal");
    }
    limits = now;
    shares.limit(now);
    slots.values().forEach(slot -> slot.limit(now.ratePerPerson()));
    consider();
    restate();
    listener.limited(standing);
  }

  /** Sends everybody away and takes nobody, until {@link #resume}. */
  public void pause() {
    wish(Standing.Wish.PAUSE);
  }

  /** Takes nobody new, until {@link #resume}. */
  public void drain() {
    wish(Standing.Wish.DRAIN);
  }

  public void resume() {
    wish(Standing.Wish.HELP);
  }

  /** Whether the connection is one that somebody pays by the byte. */
  public void metered(boolean is) {
    loop.checkInLoop();
    metered = is;
    consider();
  }

  public WidgetStatus status() {
    loop.checkInLoop();
    Optional<RelayCount> counted = Optional.ofNullable(count);
    LocalDateTime now = wallClock();
    return new WidgetStatus(
        node,
        standing,
        standing.keepsPeople() && ready ? standing.text() : obstacle(),
        limits,
        config.via(),
        known,
        slots.values().stream().map(WidgetSlot::status).toList(),
        ways.status(),
        new WidgetStatus.Traffic(
            record.up(slots.values()),
            record.down(slots.values()),
            counted.map(RelayCount::day),
            counted.map(RelayCount::month)),
        record.ends(),
        record.faults(),
        limits.hours().flatMap(hours -> hours.changeAfter(now)));
  }

  /** Who is connected now, and how much went to and fro. */
  public WidgetSnapshot snapshot() {
    loop.checkInLoop();
    List<PeerSnapshot> people = new ArrayList<>();
    List<PeerSnapshot> volunteers = new ArrayList<>();
    Map<NodeId, PeerSnapshot> through = new HashMap<>();
    ways.connected().forEach(id -> through.put(id, new PeerSnapshot(id, false, 0)));
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

  /** Leaves everybody at once. */
  public void close() {
    loop.checkInLoop();
    closed = true;
    if (ticking != null) {
      ticking.cancel();
    }
    everybodyOut(SlotEnd.LEAVING, "the volunteer is leaving");
    if (count != null) {
      count.close();
    }
    ways.close();
    signaling.close();
  }

  /** The volunteer's: days and hours are theirs. */
  private LocalDateTime wallClock() {
    return LocalDateTime.ofInstant(loop.now(), ZoneId.systemDefault());
  }

  private void wish(Standing.Wish now) {
    loop.checkInLoop();
    wish = now;
    consider();
  }

  private void tick() {
    slots.values().forEach(WidgetSlot::tick);
    if (count != null) {
      count.tick(wallClock().toLocalDate());
    }
    consider();
  }

  /** Acts when what we may do has changed. */
  private void consider() {
    if (closed) {
      return;
    }
    RelayCount counted = count;
    shares.hold(limits.hasQuota() && counted != null && counted.isBehind());
    Standing now =
        Standing.of(
            limits,
            new Standing.Circumstances(
                wish,
                counted == null ? 0 : counted.day(),
                counted == null ? 0 : counted.month(),
                counted == null || counted.hasFailed(),
                metered,
                wallClock()));
    if (now != standing) {
      standing = now;
      restate();
      if (!now.keepsPeople()) {
        everybodyOut(SlotEnd.WITHDRAWN, now.text());
      }
      listener.limited(now);
    }
  }

  private void everybodyOut(SlotEnd cause, String why) {
    List.copyOf(slots.values()).forEach(slot -> slot.end(cause, why));
  }

  private void passedOn(int bytes) {
    RelayCount counted = count;
    if (counted != null) {
      counted.add(bytes);
      if (limits.hasQuota() && (counted.isBehind() || isUsed(counted))) {
        consider();
      }
    }
  }

  private boolean isUsed(RelayCount counted) {
    return counted.day() >= limits.quotaDay().orElse(Long.MAX_VALUE)
        || counted.month() >= limits.quotaMonth().orElse(Long.MAX_VALUE);
  }

  /** Why nobody can be helped now. */
  private String obstacle() {
    return standing == Standing.OPEN ? trouble : standing.text();
  }

  /** Says to freddie and to our owner what we can do now. */
  private void restate() {
    if (closed) {
      return;
    }
    // Those matched in an earlier conversation with freddie take slots that it does not know of.
    int earlier = (int) slots.keySet().stream().filter(id -> id.generation() != generation).count();
    PathAssertion paths = ways.assertion();
    boolean open = standing == Standing.OPEN && !paths.allow().isEmpty();
    int offered = open ? Math.max(0, limits.slots() - earlier) : 0;
    signaling.offerSlots(new Advert(offered, paths, config.tag()));
    boolean now = known && open;
    if (now != ready || !now) {
      ready = now;
      listener.readiness(now, now ? "ready for " + limits.slots() : obstacle());
    }
  }

  private void matched(Signal.Matched match) {
    if (match.role() == Signal.Role.CONSUMER) {
      hops.matched(match);
      return;
    }
    MatchId id = new MatchId(generation, match.match());
    Optional<Onward> way =
        closed || standing != Standing.OPEN || slots.size() >= limits.slots()
            ? Optional.empty()
            : ways.to(match, why -> endSlot(id, why));
    if (way.isEmpty()) {
      signaling.send(new Signal.HangUp(match.match(), "no free slot", true));
      return;
    }
    slots.put(
        id,
        new WidgetSlot(
            loop,
            match.peer(),
            match.egress(),
            way.get(),
            shares,
            new SlotEvents(id, match.peer(), way.get())));
  }

  private void endSlot(MatchId id, String why) {
    WidgetSlot slot = slots.get(id);
    if (slot != null) {
      slot.end(SlotEnd.EGRESS_AWAY, why);
    }
  }

  /** How data channels are made now. */
  private PeerConfig channels() {
    return PathChannels.config(stun, config.ports(), config.includeLoopback())
        .withPortMapping(config.mapPorts());
  }

  private int helped() {
    return (int) slots.values().stream().filter(WidgetSlot::isRelaying).count();
  }

  private final class EgressEvents implements EgressSocket.Listener {
    @Override
    public void up() {
      restate();
    }

    @Override
    public void down(String why) {
      trouble = "egress at " + why;
      restate();
    }
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
      hops.freddieGone();
      restate();
    }

    @Override
    public void matched(Signal.Matched match) {
      Widget.this.matched(match);
    }

    @Override
    public void description(Signal.Description description) {
      WidgetSlot slot = slots.get(new MatchId(generation, description.match()));
      if (description.kind() == Signal.Kind.ANSWER) {
        hops.answer(description);
      } else if (slot != null) {
        slot.offer(description.sdp(), channels());
        hops.begin(description.match());
      }
    }

    @Override
    public void candidate(Signal.Candidate candidate) {
      WidgetSlot slot = slots.get(new MatchId(generation, candidate.match()));
      if (slot != null) {
        slot.candidate(candidate.line());
      } else {
        hops.candidate(candidate);
      }
    }

    @Override
    public void hungUp(Signal.HangUp hangUp) {
      WidgetSlot slot = slots.get(new MatchId(generation, hangUp.match()));
      hops.hungUp(hangUp);
      // A person whom freddie has lost sight of may still be there: the channel knows better.
      if (slot != null && !slot.isRelaying()) {
        slot.end(SlotEnd.HUNG_UP, hangUp.why());
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
    private final NodeId person;
    private final Onward way;

    SlotEvents(MatchId id, NodeId person, Onward way) {
      this.id = id;
      this.person = person;
      this.way = way;
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
    public void passedOn(int bytes) {
      Widget.this.passedOn(bytes);
    }

    @Override
    public void ended(SlotEnd cause, String why, boolean failed) {
      way.release();
      WidgetSlot slot = slots.remove(id);
      if (slot != null) {
        record.ended(loop.now(), person, cause, why, slot.status());
      }
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
