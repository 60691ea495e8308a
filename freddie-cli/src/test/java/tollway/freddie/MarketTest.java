// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import tollway.signaling.Endpoint;
import tollway.signaling.PathAssertion;
import tollway.signaling.Signal;
import tollway.stun.NatMapping;

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
  void drainingMarketPairsNobodyAndIsQuietSoonAfterTheLastWord() {
    Client volunteer = producer(1, 5);
    Client alice = new Client(node(2));
    List<Effect> effects = wishes(alice, 1);
    market.drain();
    assertThat(wishes(new Client(node(3)), 1)).isEmpty();
    assertThat(market.offers(volunteer, advert(9))).isEmpty();
    assertThat(market.sweep()).isEmpty();
    now.addAndGet(Matches.QUIET.toNanos() - 1);
    assertThat(market.isTalking()).isTrue();
    long match = matchIds(effects).get(0);
    assertThat(market.relays(alice, match, new Signal.Candidate(match, "one"))).hasSize(1);
    now.addAndGet(Matches.QUIET.toNanos() - 1);
    assertThat(market.isTalking()).isTrue();
    now.addAndGet(1);
    assertThat(market.isTalking()).isFalse();
    market.relays(alice, match, new Signal.Candidate(match, "two"));
    market.hangsUp(alice, new Signal.HangUp(match, "enough", false));
    assertThat(market.isTalking()).isFalse();
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
    now.addAndGet(PairFailures.MEMORY);
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
  void manyConnectionsOfOneConsumerHoldNoMoreThanOne() {
    producer(1, 1000);
    producer(2, 1000);
    List<Client> greedy = new ArrayList<>();
    for (int i = 0; i < 2 * MatchPolicy.MOST_PRODUCERS; i++) {
      greedy.add(new Client(node(500)));
      wishes(greedy.get(i), 1);
    }
    assertThat(market.matchCount()).isEqualTo(MatchPolicy.MOST_PRODUCERS);
    assertThat(partners(wishes(new Client(node(501)), 2))).hasSize(2);
    market.leaves(greedy.get(0));
    market.sweep();
    assertThat(market.matchCount()).isEqualTo(MatchPolicy.MOST_PRODUCERS + 2);
    greedy.forEach(market::leaves);
    assertThat(market.matchCount()).isEqualTo(2);
  }

  @Test
  void nobodyHoldsMoreThanTheirShare() {
    for (int i = 0; i < 3 * MatchPolicy.MOST_PRODUCERS; i++) {
      producer(i, 1);
    }
    Client greedy = new Client(node(500));
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      effects.addAll(wishes(greedy, Signal.MAX_COUNT));
    }
    assertThat(partners(effects)).hasSize(MatchPolicy.MOST_PRODUCERS);
    assertThat(market.sweep()).isEmpty();
    Signal.HangUp enough = new Signal.HangUp(matchIds(effects).get(0), "", false);
    assertThat(partners(market.hangsUp(greedy, enough))).hasSize(1);
  }

  @Test
  void whoSuitsIsFoundBehindManyWhoDoNot() {
    Endpoint ours = Endpoint.connected(EGRESS);
    PathAssertion notReally = new PathAssertion(List.of(ours), List.of(ours));
    for (int i = 0; i < 3 * MatchSearch.LOOKED_AT; i++) {
      market.offers(new Client(node(i)), new Advert(1, notReally, ""));
    }
    Client suitable = producer(4000, 1);
    List<Effect> effects = new ArrayList<>(wishes(new Client(node(5000)), 1));
    for (int i = 0; i < 4; i++) {
      effects.addAll(market.sweep());
    }
    assertThat(partners(effects)).containsExactly(suitable);
  }

  @Test
  void aStandbyComesFromAnotherNetworkIfThereIsOne() {
    Client first = producer(1, "192.0.2.1");
    Client beside = producer(2, "192.0.77.1");
    Client elsewhere = producer(3, "198.51.100.1");
    Client alice = new Client(node(4));
    assertThat(partners(wishes(alice, 2))).containsExactly(first, elsewhere);
    assertThat(partners(wishes(alice, 1))).containsExactly(beside);
  }

  @Test
  void goodNatsAreKeptForThoseWhoNeedThem() {
    Client open = producer(1, NatMapping.NONE);
    Client hard = producer(2, NatMapping.ENDPOINT_DEPENDENT);
    Client easy = producer(3, NatMapping.ENDPOINT_INDEPENDENT);
    assertThat(partners(wishes(4, NatMapping.ENDPOINT_INDEPENDENT))).containsExactly(easy);
    assertThat(partners(wishes(5, NatMapping.NONE))).containsExactly(hard);
    assertThat(partners(wishes(6, NatMapping.ENDPOINT_DEPENDENT))).containsExactly(open);
    // Better a relay's help than none at all.
    market.leaves(hard);
    Client other = producer(7, NatMapping.ENDPOINT_DEPENDENT);
    assertThat(partners(wishes(8, NatMapping.ENDPOINT_DEPENDENT))).containsExactly(other);
  }

  @Test
  void nobodyRelaysForThemselves() {
    Optional<Bytes> here = Optional.of(Bytes.of(new byte[16]));
    Client own = new Client(node(1), Origin.UNKNOWN, here);
    market.offers(own, advert(5));
    Client alice = new Client(node(2), Origin.UNKNOWN, here);
    assertThat(wishes(alice, 1)).isEmpty();
    assertThat(partners(wishes(new Client(node(3)), 1))).containsExactly(own);
    Client other = producer(4, 1);
    assertThat(partners(market.sweep())).isEmpty();
    assertThat(alice.partners).containsExactly(other);
  }

  @Test
  void nobodyMeetsAllVolunteers() {
    for (int i = 0; i < DonorQuota.PER_IDENTITY + 10; i++) {
      producer(i, 1);
    }
    Client curious = new Client(node(5000));
    Set<Client> met = new HashSet<>();
    for (int i = 0; i < 3 * DonorQuota.PER_IDENTITY; i++) {
      List<Effect> effects = wishes(curious, 1);
      if (!effects.isEmpty()) {
        met.addAll(partners(effects));
        market.hangsUp(curious, new Signal.HangUp(matchIds(effects).get(0), "", false));
      }
    }
    assertThat(met).hasSize(DonorQuota.PER_IDENTITY);
    assertThat(market.quotaRefusals()).isPositive();
    // Those it knows it meets again, and after an hour others.
    assertThat(wishes(curious, 1)).isNotEmpty();
    now.addAndGet(3_600_000_000_000L);
    for (int i = 0; i < 20; i++) {
      market.sweep().forEach(effect -> met.addAll(partners(List.of(effect))));
      met.addAll(partners(wishes(curious, 16)));
    }
    assertThat(met).hasSizeGreaterThan(DonorQuota.PER_IDENTITY);
  }

  @Test
  void whoMayMeetNobodyNewNeedNotWaitForThoseItKnows() {
    for (int i = 0; i < 50 * MatchSearch.LOOKED_AT; i++) {
      producer(i, 1);
    }
    Client person = new Client(node(50_000));
    Set<Client> met = new HashSet<>();
    for (int i = 0; i < 2 * DonorQuota.PER_IDENTITY; i++) {
      List<Effect> effects = wishes(person, 1);
      assertThat(effects).as("wish " + i).isNotEmpty();
      met.addAll(partners(effects));
      market.hangsUp(person, new Signal.HangUp(matchIds(effects).get(0), "", false));
    }
    assertThat(met).hasSize(DonorQuota.PER_IDENTITY);
  }

  @Test
  void newNamesDoNotHelpWhoWantsToMeetAllVolunteers() {
    for (int i = 0; i < DonorQuota.PER_SITE + 100; i++) {
      producer(i, 1);
    }
    Set<Client> met = new HashSet<>();
    for (int name = 0; name < 40; name++) {
      // Of one /24, and freddie does not know better.
      Client curious = new Client(node(5000 + name), from("192.0.2." + name), Optional.empty());
      List<Effect> effects = wishes(curious, 16);
      met.addAll(partners(effects));
      market.leaves(curious);
    }
    assertThat(met).hasSize(DonorQuota.PER_SITE);
    Client neighbor = new Client(node(6000), from("192.0.3.1"), Optional.empty());
    Set<Client> fresh = new HashSet<>();
    for (int i = 0; i < 20 && !fresh.stream().anyMatch(each -> !met.contains(each)); i++) {
      fresh.addAll(partners(wishes(neighbor, 16)));
      market.sweep().forEach(effect -> fresh.addAll(partners(List.of(effect))));
    }
    assertThat(fresh).anyMatch(each -> !met.contains(each));
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

  private Client producer(int name, String address) {
    Client client = new Client(node(name), from(address), Optional.empty());
    market.offers(client, advert(1));
    return client;
  }

  private Client producer(int name, NatMapping nat) {
    Client client = new Client(node(name));
    PathAssertion paths = PathAssertion.connected(List.of(EGRESS));
    market.offers(client, new Advert(1, paths, "", nat));
    return client;
  }

  private List<Effect> wishes(int name, NatMapping nat) {
    return market.wishes(
        new Client(node(name)), new Signal.PeerRequest(1, EGRESS, List.of(), 0, 0, nat));
  }

  private static Origin from(String address) {
    return Origin.of(new InetSocketAddress(address, 4711));
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
