// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.Signal;

/**
 * Who offers and who wishes, and who is paired with whom. Pairs at once, in constant time but for
 * the partners that a consumer excludes. Decides only: what is to be said comes back as effects.
 *
 * <pre>
 * producer:  free slot ──matched──▶ held slot ──hang-up or either end gone──▶ free slot
 * consumer:  wish ──matched──▶ wish − 1
 * </pre>
 */
final class Market {
  /** A pair that could not connect is not tried again for so long, in nanoseconds. */
  private static final long FAILURE_MEMORY = 60_000_000_000L;

  private static final int FAILURES_REMEMBERED = 10_000;

  /** How many producers are looked at for one wish before it waits. */
  private static final int LOOKED_AT = 128;

  /** Something to say to one client. */
  record Effect(Client to, Signal signal) {}

  /** One connected client; both producer and consumer if it likes. Owned by the market. */
  static final class Client {
    private final NodeId node;
    private final Map<Long, Match> matches = new LinkedHashMap<>();
    private Advert advert = new Advert(0, List.of(), "");
    private Signal.@Nullable PeerRequest wish;
    private int given;

    Client(NodeId node) {
      this.node = node;
    }

    NodeId node() {
      return node;
    }

    private boolean hasFreeSlot() {
      return given < advert.slots();
    }

    private boolean hasPartner(Client other) {
      return matches.values().stream().anyMatch(match -> match.other(this) == other);
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
  private final Map<NodeId, Set<Client>> free = new HashMap<>();
  private final Map<NodeId, Set<Client>> waiting = new HashMap<>();
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

  /** A producer states anew what it offers. */
  List<Effect> offers(Client producer, Advert advert) {
    withdraw(producer);
    producer.advert = advert;
    List<Effect> effects = new ArrayList<>();
    list(producer);
    for (NodeId egress : advert.egresses()) {
      Iterator<Client> consumers = List.copyOf(waiting.getOrDefault(egress, Set.of())).iterator();
      while (producer.hasFreeSlot() && consumers.hasNext()) {
        satisfy(consumers.next(), effects);
      }
    }
    return effects;
  }

  /** A consumer states anew what it wishes. */
  List<Effect> wishes(Client consumer, Signal.PeerRequest request) {
    forgetWish(consumer);
    if (request.count() == 0) {
      return List.of();
    }
    consumer.wish = request;
    waiting.computeIfAbsent(request.egress(), egress -> new LinkedHashSet<>()).add(consumer);
    List<Effect> effects = new ArrayList<>();
    satisfy(consumer, effects);
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
      Pair pair = new Pair(match.consumer().node(), match.producer().node());
      failures.remove(pair);
      failures.put(pair, nanoTime.getAsLong());
    }
    List<Effect> effects = new ArrayList<>();
    effects.add(new Effect(match.other(from), hangUp));
    end(match);
    serveFreed(match.producer(), effects);
    return effects;
  }

  /** A client has gone: all its matches are over. */
  List<Effect> leaves(Client client) {
    withdraw(client);
    client.advert = new Advert(0, List.of(), "");
    forgetWish(client);
    List<Effect> effects = new ArrayList<>();
    for (Match match : List.copyOf(client.matches.values())) {
      effects.add(
          new Effect(
              match.other(client), new Signal.HangUp(match.id(), "the other end has gone", false)));
      end(match);
    }
    for (Effect effect : List.copyOf(effects)) {
      serveFreed(effect.to(), effects);
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
    return waiting.values().stream().mapToInt(Set::size).sum();
  }

  int freeProducerCount() {
    Set<Client> producers = new HashSet<>();
    free.values().forEach(producers::addAll);
    return producers.size();
  }

  private void serveFreed(Client producer, List<Effect> effects) {
    for (NodeId egress : producer.advert.egresses()) {
      for (Client consumer : List.copyOf(waiting.getOrDefault(egress, Set.of()))) {
        if (!producer.hasFreeSlot()) {
          return;
        }
        satisfy(consumer, effects);
      }
    }
  }

  private void satisfy(Client consumer, List<Effect> effects) {
    while (true) {
      Signal.PeerRequest wish = consumer.wish;
      if (wish == null) {
        return;
      }
      Client producer = find(consumer, wish);
      if (producer == null) {
        return;
      }
      pair(consumer, producer, wish, effects);
    }
  }

  private @Nullable Client find(Client consumer, Signal.PeerRequest wish) {
    int looked = 0;
    for (Client producer : free.getOrDefault(wish.egress(), Set.of())) {
      if (++looked > LOOKED_AT) {
        return null;
      }
      if (suits(consumer, producer, wish)) {
        return producer;
      }
    }
    return null;
  }

  private boolean suits(Client consumer, Client producer, Signal.PeerRequest wish) {
    if (producer == consumer
        || producer.node().equals(consumer.node())
        || wish.exclude().contains(producer.node())
        || consumer.hasPartner(producer)) {
      return false;
    }
    Long failedAt = failures.get(new Pair(consumer.node(), producer.node()));
    return failedAt == null || nanoTime.getAsLong() - failedAt > FAILURE_MEMORY;
  }

  private void pair(
      Client consumer, Client producer, Signal.PeerRequest wish, List<Effect> effects) {
    Match match = new Match(ids.getAsLong(), consumer, producer);
    consumer.matches.put(match.id(), match);
    producer.matches.put(match.id(), match);
    producer.given++;
    matchCount++;
    matchesMade++;
    // To the end of the queue, or off it: volunteers take turns.
    withdraw(producer);
    list(producer);
    forgetWish(consumer);
    if (wish.count() > 1) {
      consumer.wish = new Signal.PeerRequest(wish.count() - 1, wish.egress(), wish.exclude());
      waiting.computeIfAbsent(wish.egress(), egress -> new LinkedHashSet<>()).add(consumer);
    }
    effects.add(
        new Effect(
            producer,
            new Signal.Matched(match.id(), Signal.Role.PRODUCER, consumer.node(), wish.egress())));
    effects.add(
        new Effect(
            consumer,
            new Signal.Matched(match.id(), Signal.Role.CONSUMER, producer.node(), wish.egress())));
  }

  private void end(Match match) {
    match.consumer().matches.remove(match.id());
    match.producer().matches.remove(match.id());
    match.producer().given--;
    matchCount--;
    list(match.producer());
  }

  private void list(Client producer) {
    if (producer.hasFreeSlot()) {
      for (NodeId egress : producer.advert.egresses()) {
        free.computeIfAbsent(egress, key -> new LinkedHashSet<>()).add(producer);
      }
    }
  }

  private void withdraw(Client producer) {
    for (NodeId egress : producer.advert.egresses()) {
      remove(free, egress, producer);
    }
  }

  private void forgetWish(Client consumer) {
    Signal.PeerRequest wish = consumer.wish;
    consumer.wish = null;
    if (wish != null) {
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
