// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.freddie.Cities.EGRESS;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.freddie.Cities.City;
import tollway.signaling.Advert;
import tollway.signaling.Endpoint;
import tollway.signaling.PathAssertion;
import tollway.signaling.Signal;
import tollway.stun.NatMapping;

/** Who is paired with whom when several instances serve one market. */
final class ColleaguesTest {
  private final Cities cities = new Cities(3, 5);
  private final City here = cities.get(0);
  private final City there = cities.get(1);
  private final City yonder = cities.get(2);

  @Test
  void aPersonHereMeetsAVolunteerThere() {
    Client volunteer = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliver();
    Signal.Matched hers = here.match(alice);
    Signal.Matched his = there.match(volunteer);
    assertThat(hers.match()).isEqualTo(his.match());
    assertThat(hers.peer()).isEqualTo(volunteer.node());
    assertThat(hers.seal()).contains(Cities.SEAL);
    assertThat(his.peer()).isEqualTo(alice.node());
    assertThat(his.egress()).isEqualTo(EGRESS);
    assertThat(here.market.matchesMade() + there.market.matchesMade()).isEqualTo(1);
    assertThat(there.market.remoteCount()).isEqualTo(1);

    here.says(alice, Cities.word(hers.match()));
    cities.deliver();
    assertThat(there.hears(volunteer)).containsExactly(Cities.word(hers.match()));
    there.says(volunteer, Cities.word(hers.match()));
    cities.deliver();
    assertThat(here.hears(alice)).containsExactly(Cities.word(hers.match()));

    here.hangsUp(alice, hers.match(), false);
    cities.deliver();
    assertThat(there.hears(volunteer))
        .containsExactly(new Signal.HangUp(hers.match(), "enough", false));
    assertThat(there.market.freeProducerCount()).isEqualTo(1);
    assertThat(here.market.matchCount() + there.market.matchCount()).isZero();
  }

  @Test
  void aPersonWhoWaitsIsServedWhenAVolunteerComesAnywhere() {
    Client alice = here.person(1, 2);
    cities.deliver();
    Client first = there.volunteer(2, 1);
    Client second = yonder.volunteer(3, 1);
    cities.deliver();
    assertThat(here.held(alice)).hasSize(2);
    assertThat(there.match(first).match()).isNotEqualTo(yonder.match(second).match());
    assertThat(here.market.waitingCount()).isZero();
    // And is not waited for any more.
    there.volunteer(4, 1);
    cities.deliver();
    assertThat(there.market.freeProducerCount()).isEqualTo(1);
  }

  @Test
  void whoIsNearIsPreferredAndOneIsEnough() {
    Client near = here.volunteer(1, 1);
    there.volunteer(2, 1);
    yonder.volunteer(3, 1);
    Client alice = here.person(4, 1);
    cities.deliver();
    assertThat(here.match(alice).peer()).isEqualTo(near.node());
    Client bob = here.person(5, 1);
    cities.deliver();
    here.match(bob);
    assertThat(there.market.freeProducerCount() + yonder.market.freeProducerCount()).isEqualTo(1);
    assertThat(there.market.matchCount() + yonder.market.matchCount()).isEqualTo(1);
  }

  @Test
  void aVolunteerWhoWithdrawsMeanwhileHearsNothing() {
    Client volunteer = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliverOne(); // To one of the others, or both, but not further.
    cities.deliverOne();
    there.offers(volunteer, new Advert(0, List.of(), ""));
    cities.deliver();
    assertThat(there.hears(volunteer)).isEmpty();
    assertThat(here.held(alice)).isEmpty();
    assertThat(there.market.remoteCount()).isZero();
  }

  @Test
  void aSlotIsKeptForASecondAndThenGivenToAnother() {
    Client volunteer = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliverOne();
    cities.deliverOne();
    assertThat(there.market.freeProducerCount()).as("kept for her").isZero();
    Client bert = there.person(3, 1);
    cities.now += Matches.RESERVED.toNanos() - 1;
    there.sweep();
    assertThat(there.hears(bert)).isEmpty();
    cities.now++;
    there.sweep();
    assertThat(there.match(bert).peer()).isEqualTo(volunteer.node());
    there.match(volunteer);
    cities.deliver(); // Now alice's instance accepts what is gone.
    assertThat(here.hears(alice).get(1)).isInstanceOf(Signal.HangUp.class);
    assertThat(there.hears(volunteer)).isEmpty();
  }

  @Test
  void whoseInstanceDiesIsReportedGone() {
    Client volunteer = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliver();
    here.hears(alice);
    there.dies();
    cities.pass(2750);
    assertThat(here.hears(alice)).isEmpty();
    cities.pass(1000);
    assertThat(here.hears(alice).get(0)).isInstanceOf(Signal.HangUp.class);
    assertThat(here.colleagues.count()).isEqualTo(1);
    assertThat(volunteer.matches).hasSize(1);
  }

  @Test
  void whoseInstanceSaysGoodbyeIsReportedGoneAtOnce() {
    Client volunteer = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliver();
    there.hears(volunteer);
    here.colleagues.close();
    here.dies();
    cities.deliver();
    assertThat(there.hears(volunteer).get(0)).isInstanceOf(Signal.HangUp.class);
    assertThat(there.market.freeProducerCount()).isEqualTo(1);
    assertThat(here.held(alice)).hasSize(1);
  }

  @Test
  void whileTheBusIsAwayEachServesItsOwnAndNobodyIsTakenForDead() {
    Client far = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliver();
    here.hears(alice);
    for (City city : List.of(here, there, yonder)) {
      city.reachable = false;
    }
    cities.loseAll();
    cities.pass(60_000);
    Client bert = here.person(3, 1);
    Client near = here.volunteer(4, 1);
    assertThat(here.match(bert).peer()).isEqualTo(near.node());
    Client late = here.person(5, 1);
    Client other = there.volunteer(6, 1);
    cities.pass(1000);
    assertThat(here.hears(alice)).isEmpty();
    assertThat(here.hears(late)).isEmpty();
    for (City city : List.of(here, there, yonder)) {
      city.reachable = true;
    }
    cities.pass(2000);
    assertThat(here.match(late).peer()).isEqualTo(other.node());
    assertThat(here.held(alice)).hasSize(1);
    assertThat(there.held(far)).hasSize(1);
  }

  @Test
  void aWishThatNobodyHeardIsRepeated() {
    Client alice = here.person(1, 1);
    cities.loseAll();
    there.volunteer(2, 1);
    cities.pass(1000);
    assertThat(here.held(alice)).isEmpty();
    cities.pass(6000);
    assertThat(here.held(alice)).hasSize(1);
  }

  @Test
  void whatIsLostLeavesNothingBehind() {
    Client volunteer = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliverOne();
    cities.deliverOne();
    cities.loseAll(); // The offer.
    assertThat(there.market.freeProducerCount()).isZero();
    cities.pass(7000);
    assertThat(here.held(alice)).isEqualTo(there.held(volunteer)).hasSize(1);
    here.leaves(alice);
    cities.loseAll(); // That she left: her volunteer speaks, and is told.
    there.hears(volunteer);
    long match = there.held(volunteer).iterator().next();
    there.says(volunteer, Cities.word(match));
    cities.deliver();
    assertThat(there.hears(volunteer).get(0)).isInstanceOf(Signal.HangUp.class);
    assertThat(there.market.freeProducerCount()).isEqualTo(1);
  }

  @Test
  void nobodyRelaysForThemselvesOverTheBus() {
    Client own = new Client(MarketTest.node(1), Origin.UNKNOWN, Cities.host(1));
    there.offers(own, new Advert(1, List.of(EGRESS), ""));
    Client alice = new Client(MarketTest.node(2), Origin.UNKNOWN, Cities.host(1));
    here.wishes(alice, 1);
    Client oneself = here.client(1);
    here.wishes(oneself, 1);
    cities.pass(7000);
    assertThat(here.held(alice)).isEmpty();
    assertThat(here.held(oneself)).isEmpty();
    Client bert = here.person(3, 1);
    cities.deliver();
    assertThat(here.match(bert).peer()).isEqualTo(own.node());
  }

  @Test
  void aPairThatFailedIsNotTriedAgainElsewhere() {
    Client volunteer = there.volunteer(1, 1);
    Client alice = here.person(2, 1);
    cities.deliver();
    here.hangsUp(alice, here.match(alice).match(), true);
    here.leaves(alice);
    cities.deliver();
    there.hears(volunteer);
    Client again = yonder.person(2, 1);
    cities.deliver();
    assertThat(yonder.hears(again)).isEmpty();
    cities.pass(70_000);
    assertThat(yonder.match(again).peer()).isEqualTo(volunteer.node());
  }

  @Test
  void nobodyMeetsMoreVolunteersByAskingEverywhere() {
    for (int i = 0; i < DonorQuota.PER_IDENTITY + 20; i++) {
      cities.get(i % 3).volunteer(i, 1);
    }
    Set<Object> met = new HashSet<>();
    for (int round = 0; round < 90; round++) {
      City city = cities.get(round % 3);
      Client curious =
          new Client(
              MarketTest.node(5000),
              Origin.of(new InetSocketAddress("192.0.2.7", 1)),
              Optional.empty());
      city.wishes(curious, 4);
      cities.deliver();
      for (Signal signal : city.hears(curious)) {
        if (signal instanceof Signal.Matched matched) {
          met.add(matched.peer());
        }
      }
      city.leaves(curious);
      cities.deliver();
    }
    assertThat(met).hasSize(DonorQuota.PER_IDENTITY);
  }

  @Test
  void theNewestConnectionSpeaksForAProducerWhereverItIs() {
    there.volunteer(1, 1);
    cities.deliver();
    cities.pass(2000);
    Client newer = here.volunteer(1, 1);
    cities.deliver();
    assertThat(there.market.freeProducerCount()).isZero();
    Client alice = yonder.person(2, 2);
    cities.deliver();
    assertThat(yonder.held(alice)).hasSize(1);
    assertThat(here.held(newer)).hasSize(1);
  }

  @Test
  void ofTwoConnectionsAtOnceOneSpeaks() {
    there.volunteer(1, 1);
    here.volunteer(1, 1);
    cities.deliver();
    assertThat(there.market.freeProducerCount() + here.market.freeProducerCount()).isEqualTo(1);
  }

  @Test
  void theOldestSaltIsThatOfAll() {
    assertThat(here.colleagues.salt())
        .isEqualTo(there.colleagues.salt())
        .isEqualTo(yonder.colleagues.salt());
    assertThat(here.colleagues.salt().birth()).isEqualTo(998);
  }

  @Test
  void anInstanceThatDrainsFinishesWhatItBegan() {
    Client volunteer = there.volunteer(1, 2);
    Client alice = here.person(2, 1);
    Client bert = here.person(3, 5);
    cities.deliver();
    assertThat(here.held(alice)).hasSize(1);
    here.market.drain();
    here.colleagues.drain();
    there.volunteer(4, 3);
    cities.pass(2000);
    assertThat(here.held(bert)).hasSize(1);
    assertThat(there.market.freeProducerCount()).isEqualTo(1);
    there.hears(volunteer);
    long match = here.held(alice).iterator().next();
    here.says(alice, Cities.word(match));
    cities.deliver();
    assertThat(there.hears(volunteer)).hasSize(1);
  }

  @Test
  void aWayGoesOnOverAnotherInstance() {
    Client middle = there.client(1);
    there.offers(
        middle,
        new Advert(1, new PathAssertion(List.of(Endpoint.onRequest(EGRESS)), List.of()), ""));
    there.volunteer(2, 1); // By way of whom middle could.
    Client alice = here.client(3);
    here.carryOut(here.market.wishes(alice, new Signal.PeerRequest(1, EGRESS, List.of(), 1, 2)));
    cities.deliver();
    Signal.Matched first = there.match(middle);
    assertThat(first.distance()).isEqualTo(1);
    there.person(4, 1); // Takes it away.
    Client far = yonder.volunteer(5, 2);
    Client own = yonder.volunteer(3, 2); // alice's: not on her way.
    there.carryOut(
        there.market.wishesOnwards(middle, new Signal.OnwardRequest(first.match(), List.of())));
    cities.deliver();
    Signal.Matched second = there.match(middle);
    assertThat(second.onwardOf()).contains(first.match());
    assertThat(second.peer()).isEqualTo(far.node());
    assertThat(yonder.match(far).peer()).isEqualTo(middle.node());
    assertThat(yonder.hears(own)).isEmpty();
    // Ends with what it is for.
    here.leaves(alice);
    cities.deliver();
    assertThat(there.hears(middle).get(0)).isInstanceOf(Signal.HangUp.class);
  }

  @Test
  void whoWishesAgainAndAgainDoesNotKeepAllInstancesBusy() {
    Client restless = here.client(1);
    for (int i = 0; i < 1000; i++) {
      here.wishes(restless, 1 + i % 2);
    }
    assertThat(cities.underWay()).isLessThan(10);
    there.volunteer(2, 1);
    cities.pass(2000);
    assertThat(here.held(restless)).hasSize(1);
    for (int i = 0; i < 3000; i++) {
      here.wishes(here.client(10), 1);
    }
    assertThat(cities.underWay()).as("to two others").isBetween(1500, 2100);
  }

  @Test
  void wishesOfOthersAreBounded() {
    for (int i = 0; i < Colleagues.MOST_WISHES + 50; i++) {
      here.carryOut(
          here.colleagues.hear(
              new Letter(
                  77,
                  new Letter.Wanted(
                      i,
                      EGRESS,
                      EGRESS,
                      1,
                      0,
                      0,
                      NatMapping.UNKNOWN,
                      Optional.empty(),
                      Origin.UNKNOWN,
                      List.of()))));
    }
    assertThat(here.market.sweptCount()).isEqualTo(Colleagues.MOST_WISHES);
    assertThat(here.market.waitingCount()).isZero();
    here.carryOut(here.colleagues.hear(new Letter(77, new Letter.Gone())));
    assertThat(here.market.sweptCount()).isZero();
  }

  /** Long seeded days at three markets, with a post that loses and repeats letters. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingIsGivenTwiceAndTheBooksAgreeInTheEnd(long seed) {
    Random random = new Random(seed);
    Cities country = new Cities(3, seed);
    country.lost = 0.03;
    country.twice = 0.05;
    Map<City, List<Client>> people = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      City city = country.get(i);
      List<Client> mine = new ArrayList<>();
      for (int name = 0; name < 12; name++) {
        mine.add(city.client(100 * i + name));
      }
      people.put(city, mine);
    }
    for (int step = 0; step < 6_000; step++) {
      City city = country.get(random.nextInt(3));
      List<Client> mine = people.getOrDefault(city, List.of());
      int who = random.nextInt(mine.size());
      Client client = mine.get(who);
      List<Long> held = List.copyOf(city.held(client));
      switch (random.nextInt(12)) {
        case 0 -> {
          // Volunteers are rare here, and many elsewhere.
          int slots = Math.max(client.given, random.nextInt(city.id == 1 && who > 1 ? 1 : 4));
          city.offers(client, new Advert(slots, List.of(EGRESS), ""));
        }
        case 1, 2 -> city.wishes(client, random.nextInt(3));
        case 3 -> {
          city.leaves(client);
          mine.set(who, city.client((int) (100 * (city.id - 1)) + who));
        }
        case 4 -> city.sweep();
        case 5 -> {
          country.now += random.nextInt(400_000_000);
          country.tick();
        }
        case 6, 7 -> {
          if (!held.isEmpty()) {
            city.hangsUp(client, held.get(random.nextInt(held.size())), random.nextInt(4) == 0);
          }
        }
        default -> {
          for (int letters = random.nextInt(10); letters > 0; letters--) {
            country.deliverOne();
          }
        }
      }
    }
    country.lost = 0;
    country.deliver();
    people.forEach((city, mine) -> mine.forEach(client -> city.wishes(client, 0)));
    country.pass(5000);
    // What one end believes in vain it is told when it speaks.
    people.forEach(
        (city, mine) ->
            mine.forEach(
                client ->
                    Set.copyOf(city.held(client))
                        .forEach(match -> city.says(client, Cities.word(match)))));
    country.deliver();
    Map<Long, Integer> ends = new HashMap<>();
    long made = 0;
    long apart = 0;
    for (City city : people.keySet()) {
      people
          .get(city)
          .forEach(
              client -> city.held(client).forEach(match -> ends.merge(match, 1, Integer::sum)));
      made += city.market.matchesMade();
      // Told of as a consumer's, and not as a producer's.
      apart +=
          city.told.stream()
              .filter(each -> each.role() == Signal.Role.CONSUMER)
              .filter(
                  each -> !city.told.contains(new Cities.Told(each.match(), Signal.Role.PRODUCER)))
              .count();
    }
    assertThat(ends.values()).allMatch(count -> count == 2);
    assertThat(made).isGreaterThan(500);
    assertThat(apart).as("at two instances").isBetween(200L, made - 200);
    people.forEach((city, mine) -> mine.forEach(city::leaves));
    country.deliver();
    for (City city : people.keySet()) {
      assertThat(city.market.matchCount()).isZero();
      assertThat(city.market.remoteCount()).isZero();
      assertThat(city.market.waitingCount()).isZero();
      assertThat(city.market.freeProducerCount()).isZero();
    }
  }
}
