// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
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
  /** Two that hear from each other that they speak for one producer within this, in nanoseconds. */
  private static final long AT_ONCE = 1_000_000_000;

  /** Something to say to one client. */
  record Effect(Client to, Signal signal) {}

  private final LongSupplier ids;
  private final LongSupplier nanoTime;
  private final MatchPolicy policy;
  private final FreeProducers free = new FreeProducers();
  private final Wishes wishes = new Wishes();
  private final MatchSearch search;
  private final Matches matches;

  /** The connection that speaks for a producer: its newest. */
  private final Map<NodeId, Client> speakers = new HashMap<>();

  /** Who has lately come to speak for a producer. */
  private final Expiry<Client> newSpeakers = new Expiry<>(Duration.ofNanos(AT_ONCE));

  /** Counted where the consumer is. */
  private long matchesMade;

  private boolean draining;
  private Elsewhere elsewhere = Elsewhere.NOWHERE;

  /** {@code ids} names matches unguessably; {@code nanoTime} is monotonic. */
  Market(LongSupplier ids, LongSupplier nanoTime) {
    this.ids = ids;
    this.nanoTime = nanoTime;
    policy = new MatchPolicy(nanoTime);
    search = new MatchSearch(free, wishes, policy);
    matches = new Matches(nanoTime);
  }

  /** From now on others hear of what concerns them. */
  void tells(Elsewhere others) {
    elsewhere = others;
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
    if (former != producer) {
      newSpeakers.begin(producer, nanoTime.getAsLong());
      elsewhere.speaks(producer);
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

  /** The same, of one at another instance. */
  List<Effect> wishes(Client stranger, Wish wish) {
    forget(stranger.wish);
    stranger.wish = wish;
    return begin(wish);
  }

  /** That one wishes nothing any more; what it has it keeps. */
  void wishesNoMore(Client stranger) {
    forget(stranger.wish);
    stranger.wish = null;
  }

  /**
   * Another instance keeps a slot of {@code producer}'s for a wish, for a match to be called {@code
   * id}; empty: it will not do. Whether it leads to the egress was looked at there.
   */
  Optional<List<Effect>> isOffered(Wish wish, Client producer, long id, int distance) {
    if (draining
        || !wishes.contains(wish)
        || distance < wish.least
        || distance > wish.most
        || matches.remote(id).isPresent()
        || !policy.lets(wish, producer)) {
      return Optional.empty();
    }
    List<Effect> effects = new ArrayList<>();
    pair(id, wish, producer, distance, effects);
    return Optional.of(effects);
  }

  /** The consumer's instance takes the slot that was kept; again, or too late: nothing happens. */
  List<Effect> accepted(Match match) {
    if (!match.reserved) {
      return List.of();
    }
    List<Effect> effects = new ArrayList<>();
    Client producer = match.producer();
    if (producer.advert.paths().way(match.egress(), match.distance()).isEmpty()) {
      effects.add(
          new Effect(
              match.consumer(), new Signal.HangUp(match.id(), "the offer was withdrawn", false)));
      end(match);
    } else {
      made(match, effects);
    }
    return effects;
  }

  /** The consumer's instance does not take the slot; {@code unfit}: and not from that producer. */
  List<Effect> released(Match match, boolean unfit) {
    Wish wish = match.consumer().wish;
    if (!match.reserved) {
      return List.of();
    }
    List<Effect> effects = new ArrayList<>();
    end(match);
    if (unfit && wish != null && wish.refuses(match.producer().node)) {
      wishes.add(wish);
      attend(wish, effects);
    }
    serve(match.producer(), effects);
    return effects;
  }

  /**
   * A producer has a newer connection with another instance: nobody is sent to it here any more. If
   * both are new, each hears of the other: then {@code theirs} says whether the other is.
   */
  void speaksElsewhere(NodeId producer, boolean theirs) {
    newSpeakers.over(nanoTime.getAsLong());
    Client former = speakers.get(producer);
    if (former != null && (theirs || !newSpeakers.contains(former))) {
      speakers.remove(producer);
      withdraw(former);
    }
  }

  /** A consumer of another instance has met somebody. */
  void metElsewhere(Letter.Met met) {
    policy.met(met);
  }

  /** Two could not connect, says the instance of one of them. */
  void failedElsewhere(Letter.Failed failed) {
    policy.failed(failed.consumer(), failed.producer());
  }

  /** The match with that number, if one end of it is at another instance. */
  Optional<Match> remoteMatch(long id) {
    return matches.remote(id);
  }

  /** All matches, and slots kept for some, with one end at {@code instance}. */
  List<Match> remoteMatches(long instance) {
    return matches.remoteOf(instance);
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
    if (match == null || match.reserved) {
      return List.of();
    }
    matches.talks(match);
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
      if (!from.isRemote()) {
        elsewhere.failed(match.consumer().node, match.producer().node);
      }
    }
    List<Effect> effects = new ArrayList<>();
    tell(match, from, hangUp, effects);
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
      tell(match, client, new Signal.HangUp(match.id(), "the other end has gone", false), effects);
      end(match);
    }
    left.forEach(producer -> serve(producer, effects));
    return effects;
  }

  /** Tries again, for some of those who wait. To be called about every second. */
  List<Effect> sweep() {
    newSpeakers.over(nanoTime.getAsLong());
    List<Effect> effects = new ArrayList<>();
    for (Match late : matches.notAccepted()) {
      end(late);
      serve(late.producer(), effects);
    }
    wishes.some().forEach(wish -> attend(wish, effects));
    return effects;
  }

  /** Pairs nobody any more. */
  void drain() {
    draining = true;
  }

  /** Whether some who are paired still tell each other how to connect. */
  boolean isTalking() {
    return matches.isTalking();
  }

  int matchCount() {
    return matches.count();
  }

  long matchesMade() {
    return matchesMade;
  }

  /** Those of them with one end at another instance. */
  int remoteCount() {
    return matches.remoteCount();
  }

  int waitingCount() {
    return wishes.localCount();
  }

  /** All wishes that are kept, those of others too. */
  int sweptCount() {
    return wishes.count();
  }

  /** So often a pair was refused so that nobody meets too many volunteers. */
  long quotaRefusals() {
    return policy.quotaRefusals();
  }

  int freeProducerCount() {
    return free.count();
  }

  private List<Effect> begin(Wish wish) {
    wishes.add(wish);
    List<Effect> effects = new ArrayList<>();
    attend(wish, effects);
    return effects;
  }

  private void attend(Wish wish, List<Effect> effects) {
    satisfy(wish, effects);
    if (wish.count > 0 && !wish.owner.isRemote()) {
      elsewhere.wanted(wish);
    }
  }

  /** Gives the producer's free slots to those who wait for them. */
  private void serve(Client producer, List<Effect> effects) {
    for (Endpoint endpoint : producer.advert.paths().allow()) {
      for (int far = endpoint.distance(); far <= endpoint.farthest(); far++) {
        int distance = far;
        Wish wish = null;
        do {
          wish =
              producer.hasFreeSlot() && !draining
                  ? search.wish(producer, endpoint.egress(), distance)
                  : null;
          if (wish != null) {
            pair(ids.getAsLong(), wish, producer, distance, effects);
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
        producer = wish.count > 0 && !draining ? search.producer(wish, distance) : null;
        if (producer != null) {
          pair(ids.getAsLong(), wish, producer, distance, effects);
        }
      } while (producer != null);
    }
  }

  /**
   * Of a pair here both are told. The one at another instance is told first: a consumer there, as
   * an offer, a producer, as an acceptance.
   */
  private void pair(long id, Wish wish, Client producer, int distance, List<Effect> effects) {
    Client consumer = wish.owner;
    Match match = new Match(id, wish, producer, distance);
    consumer.matches.put(match.id(), match);
    producer.matches.put(match.id(), match);
    if (wish.onwardOf == null) {
      consumer.partners.add(producer);
      producer.partners.add(consumer);
    }
    policy.taken(consumer);
    producer.given++;
    matches.add(match);
    // To the end of the queue, or off it: volunteers take turns.
    free.remove(producer);
    free.add(producer);
    wish.count--;
    if (wish.count == 0) {
      forget(wish);
    }
    if (consumer.isRemote()) {
      matches.reserve(match);
    } else {
      made(match, effects);
      elsewhere.met(consumer, producer);
      matchesMade++;
    }
    effects.add(new Effect(consumer, match.told(Signal.Role.CONSUMER)));
  }

  private void made(Match match, List<Effect> effects) {
    policy.met(match.consumer(), match.producer());
    matches.make(match);
    effects.add(new Effect(match.producer(), match.told(Signal.Role.PRODUCER)));
  }

  /** The other end of a match; a producer that only keeps a slot knows of none. */
  private static void tell(Match match, Client from, Signal.HangUp hangUp, List<Effect> effects) {
    Client other = match.other(from);
    if (!match.reserved || other != match.producer()) {
      effects.add(new Effect(other, hangUp));
    }
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
    matches.end(match);
    forget(match.onward);
    free.add(producer);
  }

  private void withdraw(Client producer) {
    free.remove(producer);
    producer.advert = Client.NOTHING;
  }

  /** Nobody waits for it any more. */
  private void forget(@Nullable Wish wish) {
    if (wish != null && wishes.remove(wish) && !wish.owner.isRemote()) {
      elsewhere.settled(wish);
    }
  }
}
