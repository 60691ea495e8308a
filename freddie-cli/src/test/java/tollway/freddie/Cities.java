// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;

/**
 * Several markets and the post between them, without sockets, threads or a clock: letters come when
 * the test says so, in order between any two, and perhaps twice or not at all.
 */
final class Cities {
  static final NodeId EGRESS = MarketTest.node(1000);
  static final SealKey SEAL =
      new SealKey(Bytes.ofUtf8("k".repeat(SealKey.SIZE)), Bytes.of(new byte[64]));

  private record Road(City from, City to) {}

  /** That somebody was told of a match. */
  record Told(long match, Signal.Role role) {}

  private final AtomicLong ids = new AtomicLong(100);
  private final Map<Road, Deque<Bytes>> roads = new LinkedHashMap<>();
  private final List<City> cities = new ArrayList<>();
  private final Random random;
  long now = 1;
  double lost;
  double twice;

  Cities(int count, long seed) {
    random = new Random(seed);
    for (int i = 0; i < count; i++) {
      cities.add(new City(i));
    }
    tick();
    deliver();
  }

  City get(int which) {
    return cities.get(which);
  }

  /** All letters, and those that come of them. */
  void deliver() {
    while (deliverOne()) {
      // More.
    }
  }

  /** One letter on a road that is chosen at random; whether there was one. */
  boolean deliverOne() {
    List<Map.Entry<Road, Deque<Bytes>>> busy =
        roads.entrySet().stream().filter(road -> !road.getValue().isEmpty()).toList();
    if (busy.isEmpty()) {
      return false;
    }
    Map.Entry<Road, Deque<Bytes>> chosen = busy.get(random.nextInt(busy.size()));
    Road road = chosen.getKey();
    Bytes bytes = chosen.getValue().remove();
    try {
      Letter letter = LetterCodec.decode(bytes).orElseThrow();
      if (road.to.alive && random.nextDouble() >= lost) {
        road.to.carryOut(road.to.colleagues.hear(letter));
        if (random.nextDouble() < twice) {
          road.to.carryOut(road.to.colleagues.hear(letter));
        }
      }
    } catch (MalformedBytesException wrong) {
      throw new AssertionError(wrong);
    }
    return true;
  }

  /** How many letters. */
  int underWay() {
    return roads.values().stream().mapToInt(Deque::size).sum();
  }

  /** Nothing that is under way arrives. */
  void loseAll() {
    roads.clear();
  }

  void tick() {
    cities.stream().filter(city -> city.alive).forEach(City::tick);
  }

  /** Lets so many milliseconds go by, with all that is done from time to time; letters arrive. */
  void pass(long millis) {
    for (long gone = 0; gone < millis; gone += 250) {
      now += 250_000_000;
      tick();
      if (gone % 1000 == 750) {
        cities.stream().filter(city -> city.alive).forEach(City::sweep);
      }
      deliver();
    }
  }

  /** One instance. */
  final class City {
    final long id;
    final Market market = new Market(ids::incrementAndGet, () -> now);
    final Colleagues colleagues;
    final Map<Client, List<Signal>> heard = new HashMap<>();

    /** What each client has been told of, and has not heard the end of. */
    final Map<Client, Set<Long>> held = new HashMap<>();

    final Set<Told> told = new HashSet<>();
    boolean alive = true;
    boolean reachable = true;

    City(int which) {
      id = which + 1L;
      colleagues =
          new Colleagues(
              id,
              market,
              new HostSalt(1000 - which, Bytes.ofUtf8(("" + which).repeat(32))),
              new Letters(),
              ids::incrementAndGet,
              () -> now);
    }

    Client client(int name) {
      return new Client(MarketTest.node(name));
    }

    Client volunteer(int name, int slots) {
      Client volunteer = client(name);
      offers(volunteer, new Advert(slots, List.of(EGRESS), ""));
      return volunteer;
    }

    void offers(Client volunteer, Advert advert) {
      volunteer.seal = SEAL;
      carryOut(market.offers(volunteer, advert));
    }

    Client person(int name, int count) {
      Client person = client(name);
      wishes(person, count);
      return person;
    }

    void wishes(Client person, int count) {
      carryOut(market.wishes(person, new Signal.PeerRequest(count, EGRESS, List.of())));
    }

    void says(Client client, Signal.Sealed word) {
      carryOut(market.relays(client, word.match(), word));
    }

    void hangsUp(Client client, long match, boolean failed) {
      held.getOrDefault(client, Set.of()).remove(match);
      carryOut(market.hangsUp(client, new Signal.HangUp(match, "enough", failed)));
    }

    void leaves(Client client) {
      held.remove(client);
      carryOut(market.leaves(client));
    }

    /** What it heard since the last time. */
    List<Signal> hears(Client client) {
      List<Signal> all = heard.remove(client);
      return all == null ? List.of() : all;
    }

    /** Its one new match. */
    Signal.Matched match(Client client) {
      List<Signal> all = hears(client);
      assertThat(all).hasSize(1);
      assertThat(all.get(0)).isInstanceOf(Signal.Matched.class);
      return (Signal.Matched) all.get(0);
    }

    Set<Long> held(Client client) {
      return held.computeIfAbsent(client, fresh -> new HashSet<>());
    }

    void tick() {
      carryOut(colleagues.tick(reachable));
    }

    void sweep() {
      carryOut(market.sweep());
    }

    /** As with kill -9. */
    void dies() {
      alive = false;
    }

    void carryOut(List<Market.Effect> effects) {
      for (Market.Effect effect : effects) {
        if (effect.to().isRemote()) {
          colleagues.tell(effect);
          continue;
        }
        heard.computeIfAbsent(effect.to(), fresh -> new ArrayList<>()).add(effect.signal());
        if (effect.signal() instanceof Signal.Matched matched) {
          assertThat(told.add(new Told(matched.match(), matched.role())))
              .as("nobody is told of a match twice")
              .isTrue();
          held(effect.to()).add(matched.match());
          assertThat(effect.to().advert.slots())
              .as("no slot is given twice")
              .isGreaterThanOrEqualTo(
                  matched.role() == Signal.Role.PRODUCER ? effect.to().given : 0);
        } else if (effect.signal() instanceof Signal.HangUp hangUp) {
          assertThat(held(effect.to()).remove(hangUp.match())).as("it had that match").isTrue();
        }
      }
    }

    private final class Letters implements Colleagues.Post {
      @Override
      public void toAll(Letter.Body body) {
        cities.forEach(city -> send(city, body));
      }

      @Override
      public void to(long instance, Letter.Body body) {
        cities.stream().filter(city -> city.id == instance).forEach(city -> send(city, body));
      }

      private void send(City to, Letter.Body body) {
        if (reachable && to.reachable && to != City.this) {
          roads
              .computeIfAbsent(new Road(City.this, to), fresh -> new ArrayDeque<>())
              .add(LetterCodec.encode(new Letter(id, body)));
        }
      }
    }
  }

  /** As the first word about a match. */
  static Signal.Sealed word(long match) {
    return new Signal.Sealed(match, 0, Bytes.EMPTY, Bytes.of(new byte[40]));
  }

  static Optional<Bytes> host(int which) {
    return Optional.of(Bytes.ofUtf8(("" + which).repeat(Letter.MARK_SIZE)));
  }
}
