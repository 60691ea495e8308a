// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.freddie.Market.Effect;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.Signal;

/** Who is paired with whom, decided without sockets or clocks. */
final class MarketTest {
  private static final NodeId EGRESS = node(1000);
  private static final NodeId OTHER_EGRESS = node(1001);

  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong now = new AtomicLong();
  private final Market market = new Market(ids::incrementAndGet, now::get);

  @Test
  void volunteersTakeTurns() {
    Client first = producer(1, 5);
    Client second = producer(2, 5);
    assertThat(partners(wishes(new Client(node(3)), 1))).containsExactly(first);
    assertThat(partners(wishes(new Client(node(4)), 1))).containsExactly(second);
    assertThat(partners(wishes(new Client(node(5)), 1))).containsExactly(first);
  }

  @Test
  void slotsAreNotGivenTwice() {
    Client volunteer = producer(1, 2);
    List<Effect> effects = new ArrayList<>();
    for (int i = 2; i < 6; i++) {
      effects.addAll(wishes(new Client(node(i)), 1));
    }
    assertThat(partners(effects)).containsExactly(volunteer, volunteer);
    assertThat(market.waitingCount()).isEqualTo(2);
    assertThat(market.freeProducerCount()).isZero();
    // Fewer slots than are held: nobody is thrown out, and nobody comes in.
    assertThat(market.offers(volunteer, advert(1))).isEmpty();
    long match = matchIds(effects).get(0);
    assertThat(partners(market.hangsUp(volunteer, new Signal.HangUp(match, "", false)))).isEmpty();
    match = matchIds(effects).get(1);
    assertThat(partners(market.hangsUp(volunteer, new Signal.HangUp(match, "", false))))
        .containsExactly(volunteer);
  }

  @Test
  void egressesAndExclusionsAreRespected() {
    Client excluded = producer(1, 5);
    Client elsewhere = new Client(node(2));
    market.offers(elsewhere, new Advert(5, List.of(OTHER_EGRESS), ""));
    Client alice = new Client(node(3));
    assertThat(
            market.wishes(
                alice,
                new Signal.PeerRequest(2, EGRESS, List.of(excluded.node(), excluded.node()))))
        .isEmpty();
    Client both = new Client(node(4));
    assertThat(
            partners(market.offers(both, new Advert(5, List.of(OTHER_EGRESS, EGRESS, EGRESS), ""))))
        .containsExactly(both);
  }

  @Test
  void laterWishReplacesTheEarlier() {
    Client alice = new Client(node(1));
    wishes(alice, 5);
    market.wishes(alice, new Signal.PeerRequest(1, OTHER_EGRESS, List.of()));
    producer(2, 9);
    assertThat(market.matchCount()).isZero();
    market.wishes(alice, new Signal.PeerRequest(0, OTHER_EGRESS, List.of()));
    assertThat(market.waitingCount()).isZero();
  }

  @Test
  void pairThatFailedIsTriedAgainOnlyAfterAWhile() {
    producer(1, 5);
    Client alice = new Client(node(2));
    long match = matchIds(wishes(alice, 1)).get(0);
    market.hangsUp(alice, new Signal.HangUp(match, "no way through", true));
    assertThat(wishes(alice, 1)).isEmpty();
    now.addAndGet(Market.FAILURE_MEMORY);
    assertThat(market.sweep()).isEmpty();
    now.addAndGet(1);
    assertThat(market.sweep()).hasSize(2);
  }

  @Test
  void newestConnectionSpeaksForAProducer() {
    Client dead = producer(1, 5);
    Client alive = producer(1, 5);
    assertThat(market.freeProducerCount()).isEqualTo(1);
    List<Effect> effects = wishes(new Client(node(2)), 2);
    assertThat(partners(effects)).containsExactly(alive);
    market.leaves(dead);
    assertThat(market.freeProducerCount()).isEqualTo(1);
    market.leaves(alive);
    assertThat(market.freeProducerCount()).isZero();
  }

  @Test
  void nobodyHoldsMoreThanTheirShare() {
    for (int i = 0; i < 3 * Market.MOST_PRODUCERS; i++) {
      producer(i, 1);
    }
    Client greedy = new Client(node(500));
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      effects.addAll(wishes(greedy, Signal.MAX_COUNT));
    }
    assertThat(partners(effects)).hasSize(Market.MOST_PRODUCERS);
    assertThat(market.sweep()).isEmpty();
    Signal.HangUp enough = new Signal.HangUp(matchIds(effects).get(0), "", false);
    assertThat(partners(market.hangsUp(greedy, enough))).hasSize(1);
  }

  @Test
  void whoSuitsIsFoundBehindManyWhoDoNot() {
    Client picky = new Client(node(5000));
    for (int i = 0; i < 3 * Market.LOOKED_AT; i++) {
      producer(i, 1);
      List<Effect> effects = new ArrayList<>(wishes(picky, 1));
      while (effects.isEmpty()) {
        effects.addAll(market.sweep());
      }
      market.hangsUp(picky, new Signal.HangUp(matchIds(effects).get(0), "no way", true));
    }
    Client suitable = producer(4000, 1);
    List<Effect> effects = new ArrayList<>(wishes(picky, 1));
    for (int i = 0; i < 4; i++) {
      effects.addAll(market.sweep());
    }
    assertThat(partners(effects)).containsExactly(suitable);
  }

  @Test
  void strangersCannotSpeakInOthersMatches() {
    producer(1, 1);
    long match = matchIds(wishes(new Client(node(2)), 1)).get(0);
    Client mallory = new Client(node(3));
    assertThat(market.relays(mallory, match, new Signal.Candidate(match, ""))).isEmpty();
    assertThat(market.hangsUp(mallory, new Signal.HangUp(match, "", true))).isEmpty();
    assertThat(market.matchCount()).isEqualTo(1);
  }

  /** A long seeded day at the market; its books are checked against a naive account of it. */
  @Test
  void booksAreRightAfterADayOfTrade() {
    Random random = new Random(17);
    List<Client> clients =
        new ArrayList<>(IntStream.range(0, 40).mapToObj(i -> new Client(node(i))).toList());
    Map<Client, Set<Long>> held = new HashMap<>();
    Map<Client, Integer> slots = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int who = random.nextInt(clients.size());
      Client client = clients.get(who);
      List<Effect> effects =
          switch (random.nextInt(10)) {
            case 0, 1 -> {
              slots.put(client, random.nextInt(4));
              yield market.offers(client, advert(slots.get(client)));
            }
            case 2, 3, 4 -> wishes(client, random.nextInt(3));
            case 5 -> {
              clients.set(who, new Client(client.node()));
              slots.remove(client);
              List<Effect> last = market.leaves(client);
              held.remove(client);
              yield last;
            }
            case 6 -> market.sweep();
            default -> {
              Set<Long> mine = held.computeIfAbsent(client, key -> new TreeSet<>());
              if (mine.isEmpty()) {
                yield List.of();
              }
              long match = List.copyOf(mine).get(random.nextInt(mine.size()));
              mine.remove(match);
              yield market.hangsUp(client, new Signal.HangUp(match, "", random.nextBoolean()));
            }
          };
      for (Effect effect : effects) {
        Set<Long> theirs = held.computeIfAbsent(effect.to(), key -> new TreeSet<>());
        if (effect.signal() instanceof Signal.HangUp hangUp) {
          assertThat(theirs.remove(hangUp.match())).isTrue();
        } else if (effect.signal() instanceof Signal.Matched matched) {
          assertThat(theirs.add(matched.match())).isTrue();
          assertThat(matched.peer()).isNotEqualTo(effect.to().node());
        }
      }
      now.addAndGet(random.nextInt(2_000_000_000));
      Set<Long> matches = new HashSet<>();
      held.values().forEach(matches::addAll);
      assertThat(market.matchCount()).isEqualTo(matches.size());
      assertThat(held.values().stream().mapToInt(Set::size).sum()).isEqualTo(2 * matches.size());
      assertThat(market.freeProducerCount()).isLessThanOrEqualTo(slots.size());
    }
    clients.forEach(market::leaves);
    assertThat(market.matchCount()).isZero();
    assertThat(market.waitingCount()).isZero();
    assertThat(market.freeProducerCount()).isZero();
    assertThat(market.matchesMade()).isGreaterThan(1000);
  }

  private Client producer(int name, int slots) {
    Client client = new Client(node(name));
    market.offers(client, advert(slots));
    return client;
  }

  private List<Effect> wishes(Client consumer, int count) {
    return market.wishes(consumer, new Signal.PeerRequest(count, EGRESS, List.of()));
  }

  private static Advert advert(int slots) {
    return new Advert(slots, List.of(EGRESS), "");
  }

  /** The producers in new matches. */
  private static List<Client> partners(List<Effect> effects) {
    return effects.stream()
        .filter(
            effect ->
                effect.signal() instanceof Signal.Matched matched
                    && matched.role() == Signal.Role.PRODUCER)
        .map(Effect::to)
        .toList();
  }

  private static List<Long> matchIds(List<Effect> effects) {
    return effects.stream()
        .filter(effect -> effect.signal() instanceof Signal.Matched)
        .map(effect -> ((Signal.Matched) effect.signal()).match())
        .distinct()
        .toList();
  }

  static NodeId node(int name) {
    byte[] seed = new byte[Identity.SEED_SIZE];
    seed[0] = (byte) name;
    seed[1] = (byte) (name >>> 8);
    return Identity.ofSeed(Bytes.of(seed)).nodeId();
  }
}
