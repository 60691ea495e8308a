// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tollway.freddie.Market.Effect;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.Endpoint;
import tollway.signaling.PathAssertion;
import tollway.signaling.Signal;

/** Who is paired with whom when volunteers get on by way of other volunteers. */
final class OnwardMarketTest {
  private static final NodeId EGRESS = MarketTest.node(1000);
  private static final NodeId OTHER_EGRESS = MarketTest.node(1001);

  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong now = new AtomicLong();
  private final Market market = new Market(ids::incrementAndGet, now::get);

  @Test
  void theNearestToTheEgressIsTakenFirst() {
    client(1, onRequest());
    Client far = client(2, onRequest());
    Client near = client(3, connected());
    Client alice = new Client(MarketTest.node(9));
    assertThat(producer(wishes(alice, 0, 2))).isEqualTo(near.node());
    // The second shall not go by way of the first, which is alice's already.
    assertThat(wishes(alice, 0, 2)).isEmpty();
    client(4, connected());
    Client bob = new Client(MarketTest.node(10));
    Signal.Matched second = matched(wishes(bob, 1, 2));
    assertThat(second.distance()).isEqualTo(1);
    assertThat(second.peer()).isIn(MarketTest.node(1), far.node());
  }

  @Test
  void whoOnlyKnowsOfTheNearOnesGetsNoOthers() {
    client(1, onRequest());
    client(2, connected());
    Client excluding = new Client(MarketTest.node(9));
    assertThat(
            market.wishes(
                excluding, new Signal.PeerRequest(1, EGRESS, List.of(MarketTest.node(2)))))
        .isEmpty();
  }

  @Test
  void aPromiseIsBelievedWhileItCanBeKept() {
    Client middle = client(1, onRequest());
    Client alice = new Client(MarketTest.node(9));
    assertThat(wishes(alice, 1, 2)).as("nobody leads to the egress").isEmpty();
    Client far = client(2, connected());
    assertThat(producer(market.sweep())).isEqualTo(middle.node());
    market.leaves(far);
    assertThat(wishes(new Client(MarketTest.node(10)), 1, 2)).as("no longer").isEmpty();
  }

  @Test
  void aChainIsMadeOneAfterTheOther() {
    Client far = client(1, connected());
    Client second = client(2, onRequest());
    Client first = client(3, onRequest());
    Client alice = new Client(MarketTest.node(9));
    Signal.Matched one = matched(wishes(alice, 2, 2));
    assertThat(one.distance()).isEqualTo(2);
    Client begins = one.peer().equals(first.node()) ? first : second;
    Client goesOn = begins == first ? second : first;
    Signal.Matched two = matched(onwards(begins, one.match()));
    assertThat(two).isEqualTo(consumers(2, goesOn, 1, one.match()));
    Signal.Matched three = matched(onwards(goesOn, two.match()));
    assertThat(three).isEqualTo(consumers(3, far, 0, two.match()));
    assertThat(onwards(far, three.match())).as("a fourth").isEmpty();
    assertThat(onwards(begins, three.match())).as("not theirs").isEmpty();
    assertThat(onwards(alice, one.match())).as("its consumer").isEmpty();
  }

  @Test
  void nobodyIsSentBackToWhomTheyServe() {
    // Each of the two reaches the egress itself, and by way of others.
    PathAssertion both = connected().andOnRequest(List.of(EGRESS));
    Client anna = client(1, both);
    Client bert = client(2, both);
    assertThat(wishes(anna, 1, 2)).as("there is nobody behind bert but anna").isEmpty();
    client(3, connected());
    Signal.Matched one = matched(market.sweep());
    assertThat(one.peer()).isEqualTo(bert.node());
    assertThat(producer(onwards(bert, one.match()))).isEqualTo(MarketTest.node(3));
  }

  @Test
  void severalPeopleMayGoOnByWayOfOneVolunteer() {
    client(1, connected());
    Client middle = client(2, onRequest());
    for (int i = 0; i < 3; i++) {
      Signal.Matched person = matched(wishes(new Client(MarketTest.node(20 + i)), 1, 1));
      assertThat(matched(onwards(middle, person.match())).peer()).isEqualTo(MarketTest.node(1));
    }
    assertThat(market.matchCount()).isEqualTo(6);
  }

  @Test
  void aWishOnwardsEndsWithTheMatchForWhichItIs() {
    Client far = client(1, connected(), 1);
    Client middle = client(2, onRequest());
    Client alice = new Client(MarketTest.node(9));
    Signal.Matched person = matched(wishes(alice, 1, 1));
    assertThat(producer(wishes(new Client(MarketTest.node(10)), 0, 0))).isEqualTo(far.node());
    assertThat(onwards(middle, person.match())).as("somebody was faster").isEmpty();
    assertThat(market.waitingCount()).isEqualTo(1);
    market.hangsUp(alice, hangUp(person.match(), false));
    assertThat(market.waitingCount()).isZero();
  }

  @Test
  void anotherVolunteerIsFoundWhenOneWasOfNoUse() {
    client(1, connected());
    client(2, connected());
    Client middle = client(3, onRequest());
    Signal.Matched person = matched(wishes(new Client(MarketTest.node(9)), 1, 1));
    Signal.Matched first = matched(onwards(middle, person.match()));
    market.hangsUp(middle, hangUp(first.match(), true));
    Signal.Matched second = matched(onwards(middle, person.match()));
    assertThat(second.peer()).isNotEqualTo(first.peer());
    market.hangsUp(middle, hangUp(second.match(), true));
    assertThat(onwards(middle, person.match())).isEmpty();
    assertThat(wishes(new Client(MarketTest.node(10)), 1, 1)).as("no longer believed").isEmpty();
  }

  @Test
  void whatIsDeniedIsNotPaired() {
    client(1, connected());
    Endpoint farOnes = new Endpoint(Optional.of(EGRESS), 2, false);
    Endpoint anyOnRequest = new Endpoint(Optional.empty(), 1, true);
    client(2, new PathAssertion(List.of(anyOnRequest), List.of(farOnes)));
    client(3, onRequest());
    Signal.Matched far = matched(wishes(new Client(MarketTest.node(9)), 2, 2));
    assertThat(far.peer()).isEqualTo(MarketTest.node(3));
    assertThat(matched(wishes(new Client(MarketTest.node(10)), 1, 1))).isNotNull();
  }

  /**
   * A long seeded day with volunteers of every kind; no way is longer than three or meets itself.
   */
  @Test
  void noWayIsTooLongOrMeetsItself() {
    Random random = new Random(23);
    List<Client> clients =
        new ArrayList<>(
            IntStream.range(0, 30).mapToObj(i -> new Client(MarketTest.node(i))).toList());
    Map<Long, Leg> legs = new HashMap<>();
    Map<Client, Signal.PeerRequest> wanted = new HashMap<>();
    int[] finished = new int[3];
    for (int step = 0; step < 20_000; step++) {
      int who = random.nextInt(clients.size());
      Client client = clients.get(who);
      List<Effect> effects =
          switch (random.nextInt(12)) {
            case 0, 1 -> market.offers(client, new Advert(random.nextInt(5), paths(random), ""));
            case 2, 3, 4 -> {
              int least = random.nextInt(3);
              Signal.PeerRequest wish =
                  new Signal.PeerRequest(
                      random.nextInt(3),
                      EGRESS,
                      List.of(),
                      least,
                      least + random.nextInt(3 - least));
              wanted.put(client, wish);
              yield market.wishes(client, wish);
            }
            case 5 -> {
              clients.set(who, new Client(client.node()));
              yield market.leaves(client);
            }
            case 6 -> market.sweep();
            case 7, 8 ->
                legs.isEmpty()
                    ? List.of()
                    : market.hangsUp(client, hangUp(any(random, client.matches), false));
            default -> onwards(client, any(random, client.matches));
          };
      for (Effect effect : effects) {
        if (effect.signal() instanceof Signal.Matched told && told.role() == Signal.Role.CONSUMER) {
          Leg leg =
              new Leg(
                  effect.to().node(), told.peer(), told.distance(), told.onwardOf().map(legs::get));
          legs.put(told.match(), leg);
          leg.check();
          if (leg.before().isEmpty()) {
            Signal.PeerRequest wish = Objects.requireNonNull(wanted.get(effect.to()));
            assertThat(told.distance()).isBetween(wish.least(), wish.most());
          }
          if (told.distance() == 0) {
            finished[leg.nodes().size() - 2]++;
          }
        }
      }
      now.addAndGet(random.nextInt(2_000_000_000));
    }
    assertThat(finished[0]).isGreaterThan(100);
    assertThat(finished[1]).isGreaterThan(100);
    assertThat(finished[2]).as("ways of three").isGreaterThan(20);
    clients.forEach(market::leaves);
    assertThat(market.matchCount()).isZero();
    assertThat(market.waitingCount()).isZero();
    assertThat(market.freeProducerCount()).isZero();
  }

  /** One match, and those before it on the way. */
  private record Leg(NodeId consumer, NodeId producer, int distance, Optional<Leg> before) {
    /** From the person to the producer. */
    List<NodeId> nodes() {
      List<NodeId> nodes =
          before
              .map(Leg::nodes)
              .map(ArrayList::new)
              .orElseGet(() -> new ArrayList<>(List.of(consumer)));
      nodes.add(producer);
      return nodes;
    }

    void check() {
      List<NodeId> nodes = nodes();
      Set<NodeId> different = new HashSet<>(nodes);
      assertThat(different).hasSameSizeAs(nodes);
      assertThat(nodes.size() - 1 + distance).as("volunteers").isLessThanOrEqualTo(3);
      before.ifPresent(
          leg -> {
            assertThat(leg.producer()).isEqualTo(consumer);
            assertThat(leg.distance()).isEqualTo(distance + 1);
          });
    }
  }

  private static PathAssertion paths(Random random) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> connected();
      case 2 -> onRequest();
      case 3 ->
          PathAssertion.connected(List.of(EGRESS, OTHER_EGRESS)).andOnRequest(List.of(EGRESS));
      case 4 -> new PathAssertion(List.of(new Endpoint(Optional.empty(), 1, true)), List.of());
      default ->
          new PathAssertion(
              List.of(new Endpoint(Optional.empty(), random.nextInt(3), random.nextBoolean())),
              List.of(new Endpoint(Optional.of(EGRESS), random.nextInt(3), false)));
    };
  }

  private static long any(Random random, Map<Long, Match> matches) {
    List<Long> all = List.copyOf(matches.keySet());
    return all.isEmpty() ? 0 : all.get(random.nextInt(all.size()));
  }

  private static PathAssertion connected() {
    return PathAssertion.connected(List.of(EGRESS));
  }

  private static PathAssertion onRequest() {
    return PathAssertion.NOTHING.andOnRequest(List.of(EGRESS));
  }

  private Client client(int name, PathAssertion paths) {
    return client(name, paths, 5);
  }

  private Client client(int name, PathAssertion paths, int slots) {
    Client client = new Client(MarketTest.node(name));
    market.offers(client, new Advert(slots, paths, ""));
    return client;
  }

  private List<Effect> wishes(Client consumer, int least, int most) {
    return market.wishes(consumer, new Signal.PeerRequest(1, EGRESS, List.of(), least, most));
  }

  private List<Effect> onwards(Client producer, long match) {
    return market.wishesOnwards(producer, new Signal.OnwardRequest(match, List.of()));
  }

  private static Signal.HangUp hangUp(long match, boolean failed) {
    return new Signal.HangUp(match, "", failed);
  }

  private static Signal.Matched consumers(long id, Client producer, int distance, long onwardOf) {
    return new Signal.Matched(
        id,
        Signal.Role.CONSUMER,
        producer.node(),
        EGRESS,
        distance,
        Optional.of(onwardOf),
        Optional.empty());
  }

  private static NodeId producer(List<Effect> effects) {
    return matched(effects).peer();
  }

  /** What the consumer of the one new match is told. */
  private static Signal.Matched matched(List<Effect> effects) {
    List<Signal.Matched> all =
        effects.stream()
            .map(Effect::signal)
            .filter(Signal.Matched.class::isInstance)
            .map(Signal.Matched.class::cast)
            .filter(signal -> signal.role() == Signal.Role.CONSUMER)
            .toList();
    assertThat(all).hasSize(1);
    return all.get(0);
  }
}
