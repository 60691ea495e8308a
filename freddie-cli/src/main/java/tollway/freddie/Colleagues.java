// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import tollway.identity.NodeId;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;

/**
 * The other instances of this freddie: brings wishes and slots together that are at different ones.
 * None is special. Whoever has a slot decides on it, so that no slot is given twice, and whoever
 * has a wish decides on that. Decides only; on the market's loop.
 *
 * <pre>
 * with the wish                      with the slot
 *      ──── wanted ─────▶ all: kept until settled, or not repeated for 30 s
 *      ◀──── offer ────── keeps the slot for 1 s
 *      ──── accept ─────▶ a pair; too late: a hang-up comes back
 *      ──── release ────▶ the slot is free again
 *      ◀─── relays ─────▶ until one end hangs up, or its instance says goodbye or nothing for 3 s
 * </pre>
 */
final class Colleagues implements Elsewhere {
  /** How often {@link #tick} is to be called. */
  static final Duration TICK = Duration.ofMillis(250);

  /** Wishes of others that are kept; the oldest are forgotten when there are too many. */
  static final int MOST_WISHES = 4096;

  /** A wish is repeated after so long, in nanoseconds. */
  static final long REPEATED = 5_000_000_000L;

  /** Who says nothing for so long has gone, in nanoseconds. */
  static final long SILENCE = 3_000_000_000L;

  private static final long HEARTBEAT = 1_000_000_000L;

  /** Some of many that wait have their turn late. */
  private static final Duration WISH_LIFETIME = Duration.ofSeconds(30);

  /** What comes twice comes within this. */
  private static final Duration MEMORY = Duration.ofSeconds(10);

  private static final int MOST_INSTANCES = 256;

  /** How letters leave. */
  interface Post {
    void toAll(Letter.Body body);

    void to(long instance, Letter.Body body);
  }

  private final long self;
  private final Market market;
  private final Post post;
  private final LongSupplier nanoTime;
  private final Requests requests;
  private final Map<Long, Colleague> others = new HashMap<>();
  private final Expiry<Client> wishing = new Expiry<>(WISH_LIFETIME);
  private final Expiry<Long> answered = new Expiry<>(MEMORY);
  private volatile HostSalt salt;
  private long heartbeat;
  private boolean away;
  private boolean draining;

  /** {@code ids} makes numbers that nobody guesses; {@code nanoTime} is steady. */
  Colleagues(
      long self, Market market, HostSalt salt, Post post, LongSupplier ids, LongSupplier nanoTime) {
    this.self = self;
    this.market = market;
    this.salt = salt;
    this.post = post;
    this.nanoTime = nanoTime;
    requests = new Requests(ids, nanoTime);
    market.tells(this);
  }

  /** Any thread. */
  HostSalt salt() {
    return salt;
  }

  /** How many others there are. */
  int count() {
    return others.size();
  }

  /** To be called every {@link #TICK}; {@code reachable} says whether the bus is there. */
  List<Market.Effect> tick(boolean reachable) {
    long now = nanoTime.getAsLong();
    List<Market.Effect> effects = new ArrayList<>();
    if (!reachable) {
      away = true;
      return effects; // They may be there, but for the bus: what they have connected goes on.
    }
    if (away || heartbeat == 0) {
      away = false;
      others.values().forEach(each -> each.heard = now);
      beat(now, true);
    } else if (now - heartbeat >= HEARTBEAT) {
      beat(now, false);
    }
    answered.over(now);
    wishing.over(now).forEach(this::forget);
    for (Colleague each : List.copyOf(others.values())) {
      if (now - each.heard >= SILENCE) {
        gone(each, effects);
      }
    }
    return effects;
  }

  /** Wants nothing any more; what was offered and accepted goes on. */
  void drain() {
    draining = true;
    beat(nanoTime.getAsLong(), false);
  }

  /** The last word. */
  void close() {
    post.toAll(new Letter.Gone());
  }

  /** Somebody said something. */
  List<Market.Effect> hear(Letter letter) {
    List<Market.Effect> effects = new ArrayList<>();
    if (letter.from() == self || letter.from() == 0) {
      return effects;
    }
    Letter.Body body = letter.body();
    Colleague from = others.get(letter.from());
    if (body instanceof Letter.Gone) {
      if (from != null) {
        gone(from, effects);
      }
      return effects;
    }
    if (from == null) {
      if (others.size() >= MOST_INSTANCES) {
        return effects;
      }
      from = new Colleague(letter.from(), nanoTime.getAsLong());
      others.put(from.id, from);
      requests.repeatAll(); // It has heard of none.
    }
    from.heard = nanoTime.getAsLong();
    hear(from, body, effects);
    return effects;
  }

  private void hear(Colleague from, Letter.Body body, List<Market.Effect> effects) {
    if (body instanceof Letter.Here here) {
      here(from, here);
    } else if (body instanceof Letter.Wanted wanted) {
      wanted(from, wanted, effects);
    } else if (body instanceof Letter.Settled settled) {
      Optional.ofNullable(from.wishing.get(settled.wish())).ifPresent(this::forget);
    } else if (body instanceof Letter.Offer offer) {
      offered(from, offer, effects);
    } else if (body instanceof Letter.Accept accept) {
      match(from, accept.match())
          .filter(match -> match.consumer().isRemote())
          .ifPresentOrElse(
              match -> effects.addAll(market.accepted(match)), () -> no(from, accept.match()));
    } else if (body instanceof Letter.Release release) {
      match(from, release.match())
          .ifPresent(match -> effects.addAll(market.released(match, release.unfit())));
    } else if (body instanceof Letter.Relay relay) {
      relayed(from, relay, effects);
    } else if (body instanceof Letter.Speaks speaks) {
      market.speaksElsewhere(speaks.producer(), Long.compareUnsigned(from.id, self) < 0);
    } else if (body instanceof Letter.Met met) {
      market.metElsewhere(met);
    } else if (body instanceof Letter.Failed failed) {
      market.failedElsewhere(failed);
    }
  }

  /** What a client is told that is with another instance. */
  void tell(Market.Effect effect) {
    Client to = effect.to();
    if (effect.signal() instanceof Signal.Matched matched) {
      if (matched.role() == Signal.Role.PRODUCER) {
        post.to(to.instance, new Letter.Accept(matched.match()));
      } else {
        market.remoteMatch(matched.match()).ifPresent(match -> offer(to, match));
      }
    } else {
      post.to(to.instance, new Letter.Relay(effect.signal()));
    }
  }

  @Override
  public void wanted(Wish wish) {
    if (!others.isEmpty() && !draining && !away) {
      requests.request(wish).ifPresent(post::toAll);
    }
  }

  @Override
  public void settled(Wish wish) {
    requests.over(wish).ifPresent(post::toAll);
  }

  @Override
  public void speaks(Client producer) {
    publish(new Letter.Speaks(producer.node));
  }

  @Override
  public void met(Client consumer, Client producer) {
    publish(new Letter.Met(consumer.node, consumer.from.site(), producer.mark));
  }

  @Override
  public void failed(NodeId consumer, NodeId producer) {
    publish(new Letter.Failed(consumer, producer));
  }

  private void publish(Letter.Body body) {
    if (!others.isEmpty()) {
      post.toAll(body);
    }
  }

  private void beat(long now, boolean asks) {
    heartbeat = now;
    post.toAll(new Letter.Here(asks, draining, salt));
  }

  private void here(Colleague from, Letter.Here here) {
    salt = salt.or(here.salt());
    if (here.asks()) {
      post.to(from.id, new Letter.Here(false, draining, salt));
      requests.repeatAll(); // It may have missed some.
    }
    if (here.draining()) {
      List.copyOf(from.wishing.values()).forEach(this::forget);
    }
  }

  private void wanted(Colleague from, Letter.Wanted wanted, List<Market.Effect> effects) {
    Client known = from.wishing.get(wanted.wish());
    Client consumer =
        known != null
            ? known
            : new Client(wanted.consumer(), wanted.from(), wanted.host(), from.id);
    from.wishing.put(wanted.wish(), consumer);
    consumer.number = wanted.wish();
    consumer.kept = Set.copyOf(wanted.exclude());
    wishing.begin(consumer, nanoTime.getAsLong());
    if (wishing.size() > MOST_WISHES) {
      forget(wishing.oldest());
    }
    effects.addAll(market.wishes(consumer, Wish.elsewhere(consumer, wanted)));
  }

  private void offer(Client consumer, Match match) {
    Client producer = match.producer();
    SealKey seal = producer.seal;
    if (seal != null) {
      post.to(
          consumer.instance,
          new Letter.Offer(
              match.id(),
              consumer.number,
              producer.node,
              seal,
              match.distance(),
              producer.host,
              producer.from.network()));
    }
  }

  private void offered(Colleague from, Letter.Offer offer, List<Market.Effect> effects) {
    if (answered.contains(offer.match())) {
      return;
    }
    answered.begin(offer.match(), nanoTime.getAsLong());
    Optional<Wish> wish = requests.find(offer.wish());
    Client producer =
        new Client(
            offer.producer(), new Origin(Optional.empty(), offer.network()), offer.host(), from.id);
    producer.seal = offer.seal();
    Optional<List<Market.Effect>> taken =
        wish.flatMap(mine -> market.isOffered(mine, producer, offer.match(), offer.distance()));
    taken.ifPresentOrElse(
        effects::addAll,
        () -> post.to(from.id, new Letter.Release(offer.match(), wish.isPresent())));
  }

  private void relayed(Colleague from, Letter.Relay relay, List<Market.Effect> effects) {
    Optional<Match> match = match(from, relay.match());
    if (match.isEmpty()) {
      if (!(relay.signal() instanceof Signal.HangUp)) {
        no(from, relay.match());
      }
      return;
    }
    Client end = match.get().remoteEnd().orElseThrow();
    effects.addAll(
        relay.signal() instanceof Signal.HangUp hangUp
            ? market.hangsUp(end, hangUp)
            : market.relays(end, relay.match(), relay.signal()));
  }

  /** There is no such match, or no longer. */
  private void no(Colleague to, long match) {
    post.to(to.id, new Letter.Relay(new Signal.HangUp(match, "the other end has gone", false)));
  }

  private Optional<Match> match(Colleague from, long id) {
    return market
        .remoteMatch(id)
        .filter(match -> match.remoteEnd().filter(end -> end.instance == from.id).isPresent());
  }

  private void forget(Client consumer) {
    wishing.remove(consumer);
    market.wishesNoMore(consumer);
    Colleague with = others.get(consumer.instance);
    if (with != null) {
      with.wishing.remove(consumer.number);
    }
  }

  private void gone(Colleague from, List<Market.Effect> effects) {
    others.remove(from.id);
    Set<Client> all = new LinkedHashSet<>(from.wishing.values());
    market.remoteMatches(from.id).forEach(match -> match.remoteEnd().ifPresent(all::add));
    for (Client each : all) {
      wishing.remove(each);
      effects.addAll(market.leaves(each));
    }
  }
}
