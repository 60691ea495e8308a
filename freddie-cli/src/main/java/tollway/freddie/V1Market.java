// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import tollway.bytes.Bytes;
import tollway.freddie.V1Exchange.Listening;
import tollway.freddie.V1Exchange.Posted;
import tollway.signaling.v1.V1Generation;
import tollway.signaling.v1.V1Post;
import tollway.signaling.v1.V1Type;

/**
 * Which Unbounded client hears of which. A genesis is told to one consumer at a time and kept for
 * it, because stock consumers listen for half a second more, and then begin another connection for
 * their offer; if none comes the next consumer is told. Decides only: what is to be said comes back
 * as effects.
 *
 * <pre>
 * genesis:   free ──told to a consumer──▶ kept ──an offer──▶ answered
 *             ▲                            │
 *             └────── KEPT, no offer ──────┘    (late: not told to anybody any more)
 * consumer:  idle ──told of a genesis──▶ hears ──offer taken, or KEPT over──▶ idle
 * </pre>
 */
final class V1Market {
  /** How long consumers listen. */
  static final Duration LISTENING = Duration.ofSeconds(20);

  /**
   * How long a genesis is kept for a consumer, from when it was told and again from when it stopped
   * listening: half a second of its patience, and a few round trips for a TLS connection.
   */
  static final Duration KEPT = Duration.ofMillis(1500);

  /** Something to say to one who waits. */
  sealed interface Effect {
    V1Exchange to();

    /** One more line. */
    record Line(V1Exchange to, Bytes bytes) implements Effect {}

    /** The end of its wait. */
    record End(V1Exchange to, int status, Bytes body) implements Effect {}
  }

  /** The clients of one generation that are free. */
  private static final class Square {
    final SiteQueue<Listening> consumers = new SiteQueue<>();
    final SiteQueue<Posted> genesis = new SiteQueue<>();
  }

  private final LongSupplier nanoTime;
  private final Map<V1Generation, Square> squares = new EnumMap<>(V1Generation.class);
  private final Expiry<Listening> listening = new Expiry<>(LISTENING);

  /** Posts that wait for their answer, by id. */
  private final Map<String, Posted> posts = new HashMap<>();

  /** The same by how long they wait. */
  private final Map<Duration, Expiry<Posted>> waits = new HashMap<>();

  private final Expiry<Posted> kept = new Expiry<>(KEPT);
  private final Map<Duration, Expiry<Posted>> notLate = new HashMap<>();
  private int genesisCount;
  private long matches;
  private long handshakes;
  private long unused;
  private boolean draining;

  /** {@code nanoTime} is monotonic. */
  V1Market(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    for (V1Generation each : V1Generation.values()) {
      squares.put(each, new Square());
    }
  }

  /** A consumer begins to listen. */
  List<Effect> listens(Listening consumer) {
    if (draining) {
      return List.of(new Effect.End(consumer, V1Answers.FULL, Bytes.EMPTY));
    }
    listening.begin(consumer, now());
    List<Effect> effects = new ArrayList<>();
    serve(consumer, effects);
    return effects;
  }

  /** Somebody posts, and waits for the answer. */
  List<Effect> posts(Posted post) {
    List<Effect> effects = new ArrayList<>();
    if (post.sendTo.equals(V1Post.GENESIS_ADDRESS)) {
      await(post);
      genesisCount++;
      if (draining) {
        post.late = true; // It ends in its time: stock producers are back at once after any end.
      } else {
        notLate.computeIfAbsent(lead(post), Expiry::new).begin(post, now());
        tell(post, effects);
      }
    } else {
      answer(post, effects);
    }
    return effects;
  }

  /** Whoever waited has gone: nobody is sent there any more. */
  List<Effect> leaves(V1Exchange exchange) {
    List<Effect> effects = new ArrayList<>();
    if (exchange instanceof Listening consumer) {
      stopsListening(consumer);
    } else if (exchange instanceof Posted post) {
      remove(post, effects);
    }
    return effects;
  }

  /** Ends the waits whose time is over. To be called many times a second. */
  List<Effect> sweep() {
    List<Effect> effects = new ArrayList<>();
    for (Listening consumer : listening.over(now())) {
      stopsListening(consumer);
      effects.add(new Effect.End(consumer, V1Answers.OK, Bytes.EMPTY));
    }
    notLate.values().forEach(all -> all.over(now()).forEach(this::becomesLate));
    for (Expiry<Posted> all : waits.values()) {
      for (Posted post : all.over(now())) {
        remove(post, effects);
        effects.add(new Effect.End(post, V1Answers.OK, Bytes.EMPTY));
      }
    }
    for (Posted genesis : kept.over(now())) {
      unused++;
      release(genesis, effects);
      if (!genesis.late) {
        tell(genesis, effects);
      }
    }
    return effects;
  }

  /** From now on nobody hears of anybody; handshakes that have begun go on. */
  List<Effect> drain() {
    draining = true;
    List<V1Exchange> free = new ArrayList<>(listening.all());
    posts.values().stream().filter(post -> post.type == V1Type.GENESIS).forEach(free::add);
    List<Effect> effects = new ArrayList<>();
    for (V1Exchange each : free) {
      leaves(each);
      effects.add(new Effect.End(each, V1Answers.OK, Bytes.EMPTY));
    }
    return effects;
  }

  int listeningCount() {
    return listening.size();
  }

  int genesisCount() {
    return genesisCount;
  }

  /** Offers and answers that wait. */
  int handshakeCount() {
    return posts.size() - genesisCount;
  }

  /** Offers that have reached a producer. */
  long matches() {
    return matches;
  }

  /** Handshakes that came to their last step. */
  long handshakes() {
    return handshakes;
  }

  /** How often a consumer was told of a genesis and made no offer. */
  long unused() {
    return unused;
  }

  private void answer(Posted post, List<Effect> effects) {
    Posted recipient = posts.get(post.sendTo);
    if (recipient == null || recipient.generation != post.generation) {
      effects.add(new Effect.End(post, V1Answers.NOT_FOUND, Bytes.EMPTY));
      return;
    }
    // Stock clients end when what answers them is of another type.
    if (recipient.type.next().filter(post.type::equals).isEmpty()) {
      effects.add(new Effect.End(post, V1Answers.BAD_REQUEST, Bytes.EMPTY));
      return;
    }
    remove(recipient, effects);
    effects.add(new Effect.End(recipient, V1Answers.OK, post.message));
    post.message = Bytes.EMPTY;
    if (post.type == V1Type.OFFER) {
      matches++;
    }
    if (post.type == V1Type.ICE) {
      handshakes++;
      effects.add(new Effect.End(post, V1Answers.OK, Bytes.EMPTY));
    } else {
      await(post);
    }
  }

  private void await(Posted post) {
    posts.put(post.id, post);
    waits.computeIfAbsent(patience(post), Expiry::new).begin(post, now());
  }

  private void remove(Posted post, List<Effect> effects) {
    if (posts.remove(post.id) == null) {
      return;
    }
    remove(waits, patience(post), post);
    if (post.type == V1Type.GENESIS) {
      genesisCount--;
      post.late = true;
      remove(notLate, lead(post), post);
      square(post).genesis.remove(post.site, post);
      kept.remove(post);
      release(post, effects);
    }
  }

  private void becomesLate(Posted genesis) {
    genesis.late = true;
    square(genesis).genesis.remove(genesis.site, genesis);
  }

  private void stopsListening(Listening consumer) {
    listening.remove(consumer);
    square(consumer).consumers.remove(consumer.site, consumer);
    if (consumer.hears != null) {
      // That is what stock consumers do before they make an offer.
      kept.begin(consumer.hears, now());
    }
  }

  /** It is kept for nobody any more; who it was kept for may hear of others. */
  private void release(Posted genesis, List<Effect> effects) {
    Listening consumer = genesis.keptFor;
    genesis.keptFor = null;
    if (consumer != null) {
      consumer.hears = null;
      if (listening.contains(consumer)) {
        serve(consumer, effects);
      }
    }
  }

  private void serve(Listening consumer, List<Effect> effects) {
    Posted genesis = square(consumer).genesis.poll(each -> !each.heardBy.contains(consumer));
    if (genesis == null) {
      square(consumer).consumers.add(consumer.site, consumer);
    } else {
      pair(genesis, consumer, effects);
    }
  }

  private void tell(Posted genesis, List<Effect> effects) {
    Listening consumer = square(genesis).consumers.poll(each -> !genesis.heardBy.contains(each));
    if (consumer == null) {
      square(genesis).genesis.add(genesis.site, genesis);
    } else {
      pair(genesis, consumer, effects);
    }
  }

  private void pair(Posted genesis, Listening consumer, List<Effect> effects) {
    genesis.heardBy.add(consumer);
    genesis.keptFor = consumer;
    consumer.hears = genesis;
    kept.begin(genesis, now());
    effects.add(new Effect.Line(consumer, genesis.message));
  }

  private Square square(V1Exchange exchange) {
    return Objects.requireNonNull(squares.get(exchange.generation));
  }

  private static Duration patience(Posted post) {
    return post.generation.patience(post.type);
  }

  /** How long a genesis may be told to others: after that no offer would come in time. */
  private static Duration lead(Posted genesis) {
    return patience(genesis).minus(KEPT);
  }

  private static void remove(Map<Duration, Expiry<Posted>> all, Duration wait, Posted post) {
    Expiry<Posted> those = all.get(wait);
    if (those != null) {
      those.remove(post);
    }
  }

  private long now() {
    return nanoTime.getAsLong();
  }
}
