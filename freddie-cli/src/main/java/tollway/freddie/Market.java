// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
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
 */
final class Market {
  /** A pair that could not connect is not tried again for so long, in nanoseconds. */
  static final long FAILURE_MEMORY = 60_000_000_000L;

  /** What one consumer may hold at once. */
  static final int MOST_PRODUCERS = 32;

  /** How many on the other side are looked at for one client before it waits. */
  static final int LOOKED_AT = 128;

  private static final int FAILURES_REMEMBERED = 10_000;
  private static final int SWEPT_AT_ONCE = 256;

  /** Something to say to one client. */
  record Effect(Client to, Signal signal) {}

  /** One connected client; both producer and consumer if it likes. Owned by the market. */
  static final class Client {
    private static final Advert NOTHING = new Advert(0, List.of(), "");

    private final NodeId node;
    private final Map<Long, Match> matches = new LinkedHashMap<>();
    private final Set<Client> partners = new HashSet<>();
    private Advert advert = NOTHING;
    private @Nullable Wish wish;
    private int given;
    private int taken;

    Client(NodeId node) {
      this.node = node;
    }

    NodeId node() {
      return node;
    }

    private boolean hasFreeSlot() {
      return given < advert.slots();
    }
  }

  private record Wish(int count, NodeId egress, Set<NodeId> excluded) {
    Wish less() {
      return new Wish(count - 1, egress, excluded);
    }
  }

  private record Match(long id, Client consumer, Client producer) {
    Client other(Client one) {
      return one == consumer ? producer : consumer;
    }
  }

  private record Pair(NodeId consumer, NodeId producer) {}

  private final LongSupplier ids;
  private final LongSupplier nanoTime;

  /** By egress: producers with a free slot there, who waits longest first. */
  private final Map<NodeId, Set<Client>> free = new HashMap<>();

  /** By egress: consumers with a wish. */
  private final Map<NodeId, Set<Client>> waiting = new HashMap<>();

  /** All consumers with a wish, in the order in which they are swept. */
  private final Set<Client> wishing = new LinkedHashSet<>();

  private final Set<Client> freeProducers = new HashSet<>();

  /** The connection that speaks for a producer: its newest. */
  private final Map<NodeId, Client> speakers = new HashMap<>();

  private final Map<Pair, Long> failures =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Pair, Long> eldest) {
          return size() > FAILURES_REMEMBERED;
        }
      };
  private int matchCount;
  private long matchesMade;

  /** {@code ids} names matches unguessably; {@code nanoTime} is monotonic. */
  Market(LongSupplier ids, LongSupplier nanoTime) {
    this.ids = ids;
    this.nanoTime = nanoTime;
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
    list(producer);
    List<Effect> effects = new ArrayList<>();
    serve(producer, effects);
    return effects;
  }

  /** A consumer states anew what it wishes. */
  List<Effect> wishes(Client consumer, Signal.PeerRequest request) {
    forgetWish(consumer);
    List<Effect> effects = new ArrayList<>();
    if (request.count() > 0) {
      consumer.wish = new Wish(request.count(), request.egress(), Set.copyOf(request.exclude()));
      waiting.computeIfAbsent(request.egress(), egress -> new LinkedHashSet<>()).add(consumer);
      wishing.add(consumer);
      satisfy(consumer, effects);
    }
    return effects;
  }

  /** Passes something on to the other end of a match; what is not about a match of ours is lost. */
  List<Effect> relays(Client from, long matchId, Signal signal) {
    Match match = from.matches.get(matchId);
    return match == null ? List.of() : List.of(new Effect(match.other(from), signal));
  }

  /** One end leaves a match; the other is told, and the slot is free again. */
  List<Effect> hangsUp(Client from, Signal.HangUp hangUp) {
    Match match = from.matches.get(hangUp.match());
    if (match == null) {
      return List.of();
    }
    if (hangUp.failed()) {
      Pair pair = new Pair(match.consumer().node, match.producer().node);
      failures.remove(pair);
      failures.put(pair, nanoTime.getAsLong());
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
    forgetWish(client);
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
    List<Effect> effects = new ArrayList<>();
    for (Client consumer : wishing.stream().limit(SWEPT_AT_ONCE).toList()) {
      wishing.remove(consumer);
      wishing.add(consumer);
      satisfy(consumer, effects);
    }
    return effects;
  }

  int matchCount() {
    return matchCount;
  }

  long matchesMade() {
    return matchesMade;
  }

  int waitingCount() {
    return wishing.size();
  }

  int freeProducerCount() {
    return freeProducers.size();
  }

  /** Gives the producer's free slots to those who wait for them. */
  private void serve(Client producer, List<Effect> effects) {
    for (NodeId egress : producer.advert.egresses()) {
      Client consumer = null;
      do {
        consumer =
            producer.hasFreeSlot() ? first(waiting, egress, who -> suits(who, producer)) : null;
        if (consumer != null) {
          pair(consumer, producer, effects);
        }
      } while (consumer != null);
    }
  }

  /** Gives the consumer what it wishes, as far as there is. */
  private void satisfy(Client consumer, List<Effect> effects) {
    Wish wish = consumer.wish;
    while (wish != null) {
      Client producer = first(free, wish.egress(), who -> suits(consumer, who));
      if (producer == null) {
        return;
      }
      pair(consumer, producer, effects);
      wish = consumer.wish;
    }
  }

  /**
   * The first who suits, of those who are looked at; if none does, they go to the end of the queue,
   * so that others are looked at next time.
   */
  private static @Nullable Client first(
      Map<NodeId, Set<Client>> index, NodeId egress, Predicate<Client> suits) {
    Set<Client> queue = index.getOrDefault(egress, Set.of());
    List<Client> passedOver = new ArrayList<>();
    for (Client one : queue) {
      if (suits.test(one)) {
        return one;
      }
      passedOver.add(one);
      if (passedOver.size() == LOOKED_AT) {
        break;
      }
    }
    if (passedOver.size() < queue.size()) {
      passedOver.forEach(queue::remove);
      queue.addAll(passedOver);
    }
    return null;
  }

  private boolean suits(Client consumer, Client producer) {
    Wish wish = consumer.wish;
    if (wish == null
        || consumer.taken >= MOST_PRODUCERS
        || producer.node.equals(consumer.node)
        || wish.excluded().contains(producer.node)
        || consumer.partners.contains(producer)) {
      return false;
    }
    Long failedAt = failures.get(new Pair(consumer.node, producer.node));
    return failedAt == null || nanoTime.getAsLong() - failedAt > FAILURE_MEMORY;
  }

  private void pair(Client consumer, Client producer, List<Effect> effects) {
    Wish wish = Objects.requireNonNull(consumer.wish);
    Match match = new Match(ids.getAsLong(), consumer, producer);
    consumer.matches.put(match.id(), match);
    consumer.partners.add(producer);
    consumer.taken++;
    producer.matches.put(match.id(), match);
    producer.partners.add(consumer);
    producer.given++;
    matchCount++;
    matchesMade++;
    // To the end of the queue, or off it: volunteers take turns.
    unlist(producer);
    list(producer);
    if (wish.count() == 1) {
      forgetWish(consumer);
    } else {
      consumer.wish = wish.less();
    }
    effects.add(
        new Effect(
            producer,
            new Signal.Matched(match.id(), Signal.Role.PRODUCER, consumer.node, wish.egress())));
    effects.add(
        new Effect(
            consumer,
            new Signal.Matched(match.id(), Signal.Role.CONSUMER, producer.node, wish.egress())));
  }

  private void end(Match match) {
    Client consumer = match.consumer();
    Client producer = match.producer();
    consumer.matches.remove(match.id());
    consumer.partners.remove(producer);
    consumer.taken--;
    producer.matches.remove(match.id());
    producer.partners.remove(consumer);
    producer.given--;
    matchCount--;
    list(producer);
  }

  /** Into the queues, unless it stands there. */
  private void list(Client producer) {
    if (producer.hasFreeSlot() && !producer.advert.egresses().isEmpty()) {
      freeProducers.add(producer);
      for (NodeId egress : producer.advert.egresses()) {
        free.computeIfAbsent(egress, key -> new LinkedHashSet<>()).add(producer);
      }
    }
  }

  private void unlist(Client producer) {
    freeProducers.remove(producer);
    producer.advert.egresses().forEach(egress -> remove(free, egress, producer));
  }

  private void withdraw(Client producer) {
    unlist(producer);
    producer.advert = Client.NOTHING;
  }

  private void forgetWish(Client consumer) {
    Wish wish = consumer.wish;
    consumer.wish = null;
    if (wish != null) {
      wishing.remove(consumer);
      remove(waiting, wish.egress(), consumer);
    }
  }

  private static void remove(Map<NodeId, Set<Client>> index, NodeId egress, Client client) {
    Set<Client> clients = index.get(egress);
    if (clients != null && clients.remove(client) && clients.isEmpty()) {
      index.remove(egress);
    }
  }
}
