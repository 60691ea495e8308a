// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.Endpoint;
import tollway.signaling.Signal;

/**
 * Who offers and who wishes, and who is paired with whom. Pairs at once; what it looks at for that
 * is bounded, and {@link #sweep} gives those another chance whom that bound, or a failure that is
 * forgotten by now, left waiting. Decides only: what is to be said comes back as effects.
 *
 * <pre>
 * producer:  free slot ──matched──▶ held slot ──hang-up or either end gone──▶ free slot
 * consumer:  wish ──matched──▶ wish − 1
 * </pre>
 *
 * <p>A producer that does not reach the egress itself wishes for one that is nearer to it by one,
 * for each of its matches. So nobody comes twice on a way, and none has more than three.
 */
final class Market {
  /** How many on the other side are looked at for one client before it waits. */
  static final int LOOKED_AT = 128;

  /** The same, of those who reach the egress by way of others only. */
  private static final int LOOKED_AT_BEYOND = 16;

  /** By way of how many others it is tried whether a producer leads to the egress. */
  private static final int PROSPECTS = 8;

  /** Two who say nothing about their match for so long have connected, or have given up. */
  static final Duration QUIET = Duration.ofSeconds(2);

  private static final int SWEPT_AT_ONCE = 256;

  /** Something to say to one client. */
  record Effect(Client to, Signal signal) {}

  private final LongSupplier ids;
  private final LongSupplier nanoTime;
  private final MatchPolicy policy;
  private final FreeProducers free = new FreeProducers();

  /** By egress: who waits longest first. */
  private final Map<NodeId, Set<Wish>> waiting = new HashMap<>();

  /** All of them, in the order in which they are swept. */
  private final Set<Wish> wishes = new LinkedHashSet<>();

  /** The connection that speaks for a producer: its newest. */
  private final Map<NodeId, Client> speakers = new HashMap<>();

  /** Matches about which something was said lately. */
  private final Expiry<Match> talking = new Expiry<>(QUIET);

  private int matchCount;
  private long matchesMade;
  private boolean draining;

  /** {@code ids} names matches unguessably; {@code nanoTime} is monotonic. */
  Market(LongSupplier ids, LongSupplier nanoTime) {
    this.ids = ids;
    this.nanoTime = nanoTime;
    policy = new MatchPolicy(nanoTime);
  }

  /**
   * A producer states anew what it offers. If it did so through another connection before, that one
   * is taken for dead: nobody is sent there any more.
   */
  List<Effect> offers(Client producer, Advert advert) {
    Client former = speakers.put(producer.node, producer);
    if (former != null) {
      withdraw(former);
    }
    withdraw(producer);
    producer.advert = advert;
    free.add(producer);
    List<Effect> effects = new ArrayList<>();
    serve(producer, effects);
    return effects;
  }

  /** A consumer states anew what it wishes. */
  List<Effect> wishes(Client consumer, Signal.PeerRequest request) {
    forget(consumer.wish);
    consumer.wish = request.count() > 0 ? Wish.of(consumer, request) : null;
    return consumer.wish == null ? List.of() : begin(consumer.wish);
  }

  /** A producer wants the next one for a match of its own that it cannot serve alone. */
  List<Effect> wishesOnwards(Client producer, Signal.OnwardRequest request) {
    Match match = producer.matches.get(request.match());
    if (match == null || match.producer() != producer || match.distance() == 0) {
      return List.of();
    }
    forget(match.onward);
    match.onward = Wish.onwards(match, request);
    return begin(match.onward);
  }

  /** Passes something on to the other end of a match; what is not about a match of ours is lost. */
  List<Effect> relays(Client from, long matchId, Signal signal) {
    Match match = from.matches.get(matchId);
    if (match == null) {
      return List.of();
    }
    talking.begin(match, nanoTime.getAsLong());
    return List.of(new Effect(match.other(from), signal));
  }

  /** One end leaves a match; the other is told, and the slot is free again. */
  List<Effect> hangsUp(Client from, Signal.HangUp hangUp) {
    Match match = from.matches.get(hangUp.match());
    if (match == null) {
      return List.of();
    }
    if (hangUp.failed()) {
      policy.failed(match.consumer().node, match.producer().node);
    }
    List<Effect> effects = new ArrayList<>();
    effects.add(new Effect(match.other(from), hangUp));
    end(match);
    serve(match.producer(), effects);
    return effects;
  }

  /** A client has gone: all its matches are over. */
  List<Effect> leaves(Client client) {
    withdraw(client);
    speakers.remove(client.node, client);
    forget(client.wish);
    client.wish = null;
    List<Effect> effects = new ArrayList<>();
    List<Client> left = new ArrayList<>();
    for (Match match : List.copyOf(client.matches.values())) {
      Client other = match.other(client);
      left.add(other);
      effects.add(
          new Effect(other, new Signal.HangUp(match.id(), "the other end has gone", false)));
      end(match);
    }
    left.forEach(producer -> serve(producer, effects));
    return effects;
  }

  /** Tries again, for some of those who wait. To be called about every second. */
  List<Effect> sweep() {
    talking.over(nanoTime.getAsLong());
    List<Effect> effects = new ArrayList<>();
    for (Wish wish : wishes.stream().limit(SWEPT_AT_ONCE).toList()) {
      wishes.remove(wish);
      wishes.add(wish);
      satisfy(wish, effects);
    }
    return effects;
  }

  /** Pairs nobody any more. */
  void drain() {
    draining = true;
  }

  /** Whether some who are paired still tell each other how to connect. */
  boolean isTalking() {
    talking.over(nanoTime.getAsLong());
    return talking.size() > 0;
  }

  int matchCount() {
    return matchCount;
  }

  long matchesMade() {
    return matchesMade;
  }

  int waitingCount() {
    return wishes.size();
  }

  /** So often a pair was refused so that nobody meets too many volunteers. */
  long quotaRefusals() {
    return policy.quotaRefusals();
  }

  int freeProducerCount() {
    return free.count();
  }

  private List<Effect> begin(Wish wish) {
    waiting.computeIfAbsent(wish.egress, egress -> new LinkedHashSet<>()).add(wish);
    wishes.add(wish);
    List<Effect> effects = new ArrayList<>();
    satisfy(wish, effects);
    return effects;
  }

  /** Gives the producer's free slots to those who wait for them. */
  private void serve(Client producer, List<Effect> effects) {
    for (Endpoint endpoint : producer.advert.paths().allow()) {
      for (int far = endpoint.distance(); far <= endpoint.farthest(); far++) {
        int distance = far;
        Wish wish = null;
        do {
          Set<Wish> queue =
              endpoint.egress().isEmpty()
                  ? wishes
                  : waiting.getOrDefault(endpoint.egress().get(), Set.of());
          wish =
              producer.hasFreeSlot()
                  ? Turns.first(queue, lookedAt(far), each -> suits(each, producer, distance))
                  : null;
          if (wish != null) {
            pair(wish, producer, distance, effects);
          }
        } while (wish != null);
      }
    }
  }

  /** Gives the consumer what it wishes, as far as there is; the nearest to the egress first. */
  private void satisfy(Wish wish, List<Effect> effects) {
    for (int far = wish.least; far <= wish.most; far++) {
      int distance = far;
      Client producer = null;
      do {
        producer = wish.count > 0 ? best(wish, distance) : null;
        if (producer != null) {
          pair(wish, producer, distance, effects);
        }
      } while (producer != null);
    }
  }

  /** Among those whom the consumer knows when it may meet nobody else. */
  private @Nullable Client best(Wish wish, int distance) {
    ToIntFunction<Client> rank =
        each -> suits(wish, each, distance) ? policy.rank(wish, each) : Turns.UNFIT;
    return policy
        .only(wish.owner)
        .map(marks -> free.best(marks, rank))
        .orElseGet(() -> free.best(wish.egress, distance, lookedAt(distance), rank));
  }

  /** Those at a distance take longer to look at. */
  private static int lookedAt(int distance) {
    return distance == 0 ? LOOKED_AT : LOOKED_AT_BEYOND;
  }

  private boolean suits(Wish wish, Client producer, int distance) {
    return !draining
        && distance >= wish.least
        && distance <= wish.most
        && policy.lets(wish, producer)
        && leads(
            producer, wish.egress, distance, distance == 0 ? Set.of() : wish.keptFromTheRest());
  }

  /**
   * Whether {@code producer} leads to {@code egress} over exactly so many others: what it offers
   * just in time is believed as long as there is somebody by way of whom it could.
   */
  private boolean leads(Client producer, NodeId egress, int distance, Set<NodeId> onTheWay) {
    Optional<Endpoint> way = producer.advert.paths().way(egress, distance);
    if (way.isEmpty() || distance == 0 || !way.get().justInTime()) {
      return way.isPresent();
    }
    if (policy.isFull(producer.node)) {
      return false;
    }
    Set<NodeId> others = new HashSet<>(onTheWay);
    others.add(producer.node);
    return free.any(
        egress,
        distance - 1,
        PROSPECTS,
        next ->
            !others.contains(next.node)
                && !policy.failedLately(producer, next)
                && leads(next, egress, distance - 1, others));
  }

  private void pair(Wish wish, Client producer, int distance, List<Effect> effects) {
    Client consumer = wish.owner;
    Match match = new Match(ids.getAsLong(), wish, producer, distance);
    consumer.matches.put(match.id(), match);
    producer.matches.put(match.id(), match);
    if (wish.onwardOf == null) {
      consumer.partners.add(producer);
      producer.partners.add(consumer);
    }
    policy.paired(consumer, producer);
    producer.given++;
    matchCount++;
    matchesMade++;
    talking.begin(match, nanoTime.getAsLong());
    // To the end of the queue, or off it: volunteers take turns.
    free.remove(producer);
    free.add(producer);
    wish.count--;
    if (wish.count == 0) {
      forget(wish);
    }
    effects.add(new Effect(producer, matched(match, Signal.Role.PRODUCER, consumer)));
    effects.add(new Effect(consumer, matched(match, Signal.Role.CONSUMER, producer)));
  }

  /** What the one with {@code role} is told. */
  private static Signal.Matched matched(Match match, Signal.Role role, Client other) {
    boolean consuming = role == Signal.Role.CONSUMER;
    return new Signal.Matched(
        match.id(),
        role,
        other.node,
        match.egress(),
        match.distance(),
        consuming ? Optional.ofNullable(match.onwardOf()).map(Match::id) : Optional.empty(),
        consuming ? Optional.ofNullable(other.seal) : Optional.empty());
  }

  private void end(Match match) {
    Client consumer = match.consumer();
    Client producer = match.producer();
    consumer.matches.remove(match.id());
    producer.matches.remove(match.id());
    if (match.onwardOf() == null) {
      consumer.partners.remove(producer);
      producer.partners.remove(consumer);
    }
    policy.parted(consumer);
    producer.given--;
    matchCount--;
    talking.remove(match);
    forget(match.onward);
    free.add(producer);
  }

  private void withdraw(Client producer) {
    free.remove(producer);
    producer.advert = Client.NOTHING;
  }

  /** Nobody waits for it any more. */
  private void forget(@Nullable Wish wish) {
    if (wish != null && wishes.remove(wish)) {
      Turns.remove(waiting, wish.egress, wish);
    }
  }
}
