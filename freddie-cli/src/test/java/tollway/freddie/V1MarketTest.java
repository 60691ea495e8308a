// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.freddie.V1Exchange.Listening;
import tollway.freddie.V1Exchange.Posted;
import tollway.freddie.V1Market.Effect;
import tollway.signaling.v1.V1Generation;
import tollway.signaling.v1.V1Post;
import tollway.signaling.v1.V1Type;

/** Which Unbounded client hears of which, decided without sockets or clocks. */
final class V1MarketTest {
  private static final V1Caller NOBODY =
      new V1Caller() {
        @Override
        public void hears(V1Exchange exchange, Bytes line) {
          throw new AssertionError("the market speaks by effects");
        }

        @Override
        public void ends(V1Exchange exchange, int status, Bytes body) {
          throw new AssertionError("the market speaks by effects");
        }
      };

  private final AtomicLong now = new AtomicLong();
  private final V1Market market = new V1Market(now::get);
  private int ids;

  @Test
  void genesisGoesToOneConsumerAndTheHandshakeToItsEnd() {
    Listening alice = consumer("a");
    Listening bob = consumer("b");
    assertThat(market.listens(alice)).isEmpty();
    assertThat(market.listens(bob)).isEmpty();
    Posted genesis = post(V1Type.GENESIS, "genesis");
    assertThat(market.posts(genesis)).containsExactly(line(alice, genesis));

    assertThat(market.leaves(alice)).isEmpty();
    Posted offer = post(V1Type.OFFER, genesis.id);
    Bytes said = offer.message;
    assertThat(market.posts(offer)).containsExactly(new Effect.End(genesis, 200, said));
    assertThat(offer.message).isEqualTo(Bytes.EMPTY);
    Posted answer = post(V1Type.ANSWER, offer.id);
    said = answer.message;
    assertThat(market.posts(answer)).containsExactly(new Effect.End(offer, 200, said));
    assertThat(market.handshakeCount()).isEqualTo(1);
    Posted ice = post(V1Type.ICE, answer.id);
    said = ice.message;
    assertThat(market.posts(ice))
        .containsExactly(new Effect.End(answer, 200, said), new Effect.End(ice, 200, Bytes.EMPTY));
    assertThat(market.matches()).isEqualTo(1);
    assertThat(market.handshakes()).isEqualTo(1);
    assertThat(market.handshakeCount()).isZero();
    assertThat(market.listeningCount()).isEqualTo(1);
  }

  @Test
  void genesisThatWaitsIsToldToWhoComes() {
    Posted genesis = post(V1Type.GENESIS, "genesis");
    assertThat(market.posts(genesis)).isEmpty();
    Listening alice = consumer("a");
    assertThat(market.listens(alice)).containsExactly(line(alice, genesis));
  }

  @Test
  void unusedGenesisGoesToTheNextWhileItsProducerWaits() {
    Listening alice = consumer("a");
    Listening bob = consumer("b");
    Listening carol = consumer("c");
    market.listens(alice);
    market.listens(bob);
    market.listens(carol);
    Posted genesis = post(V1Type.GENESIS, "genesis");
    market.posts(genesis);
    assertThat(after(Duration.ofMillis(1499))).isEmpty();
    assertThat(after(Duration.ofMillis(1))).containsExactly(line(bob, genesis));
    assertThat(after(Duration.ofMillis(1500))).containsExactly(line(carol, genesis));
    // Nobody's offer would come in time after that.
    assertThat(after(Duration.ofMillis(1500))).isEmpty();
    assertThat(market.unused()).isEqualTo(3);
    assertThat(after(Duration.ofMillis(500)))
        .containsExactly(new Effect.End(genesis, 200, Bytes.EMPTY));
    assertThat(market.posts(post(V1Type.OFFER, genesis.id)).get(0))
        .isInstanceOfSatisfying(Effect.End.class, end -> assertThat(end.status()).isEqualTo(404));
  }

  @Test
  void consumerThatStopsListeningIsGivenTimeForItsOffer() {
    Listening alice = consumer("a");
    Listening bob = consumer("b");
    market.listens(alice);
    market.listens(bob);
    Posted genesis = post(V1Type.GENESIS, "genesis");
    market.posts(genesis);
    assertThat(after(Duration.ofMillis(500))).isEmpty();
    market.leaves(alice);
    assertThat(after(Duration.ofMillis(1499))).isEmpty();
    assertThat(after(Duration.ofMillis(1))).containsExactly(line(bob, genesis));
    // Whose offer comes first has it, in time or not.
    Posted late = post(V1Type.OFFER, genesis.id);
    assertThat(market.posts(late)).extracting(Effect::to).containsExactly(genesis);
    Posted other = post(V1Type.GENESIS, "genesis");
    assertThat(market.posts(other)).containsExactly(line(bob, other));
  }

  @Test
  void consumerHearsOneAtATimeAndNoneTwice() {
    Listening alice = consumer("a");
    market.listens(alice);
    Posted first = post(V1Type.GENESIS, "genesis");
    Posted second = post(V1Type.GENESIS, "genesis");
    assertThat(market.posts(first)).containsExactly(line(alice, first));
    assertThat(market.posts(second)).isEmpty();
    assertThat(after(V1Market.KEPT)).containsExactly(line(alice, second));
    assertThat(after(V1Market.KEPT)).isEmpty();
  }

  @Test
  void consumerWhoseGenesisVanishesHearsOfAnother() {
    Listening alice = consumer("a");
    market.listens(alice);
    Posted first = post(V1Type.GENESIS, "genesis");
    Posted second = post(V1Type.GENESIS, "genesis");
    market.posts(first);
    market.posts(second);
    assertThat(market.leaves(first)).containsExactly(line(alice, second));
    assertThat(market.posts(post(V1Type.OFFER, first.id)))
        .extracting(effect -> ((Effect.End) effect).status())
        .containsExactly(404);
    assertThat(market.genesisCount()).isEqualTo(1);
  }

  @Test
  void sitesTakeTurnsHoweverManyTheyAre() {
    List<Listening> mallory = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      mallory.add(consumer("m"));
      market.listens(mallory.get(i));
    }
    Listening alice = consumer("a");
    market.listens(alice);
    assertThat(market.posts(post(V1Type.GENESIS, "genesis")))
        .extracting(Effect::to)
        .containsExactly(mallory.get(0));
    assertThat(market.posts(post(V1Type.GENESIS, "genesis")))
        .extracting(Effect::to)
        .containsExactly(alice);
    assertThat(market.posts(post(V1Type.GENESIS, "genesis")))
        .extracting(Effect::to)
        .containsExactly(mallory.get(1));
  }

  @Test
  void waitsEndInTheirTime() {
    Listening alice = consumer("a");
    market.listens(alice);
    Posted genesis = post(V1Type.GENESIS, "genesis");
    market.posts(genesis);
    Posted offer = post(V1Type.OFFER, genesis.id);
    market.posts(offer);
    assertThat(after(Duration.ofMillis(14_999))).isEmpty();
    assertThat(after(Duration.ofMillis(1)))
        .containsExactly(new Effect.End(offer, 200, Bytes.EMPTY));
    assertThat(after(Duration.ofSeconds(5)))
        .containsExactly(new Effect.End(alice, 200, Bytes.EMPTY));
    assertThat(market.listeningCount()).isZero();
  }

  @Test
  void oldClientsAreAnsweredAfterFiveSeconds() {
    Posted genesis = post(V1Generation.B24, V1Type.GENESIS, "genesis");
    market.posts(genesis);
    Posted offer = post(V1Generation.B24, V1Type.OFFER, genesis.id);
    market.posts(offer);
    assertThat(after(Duration.ofMillis(4999))).isEmpty();
    assertThat(after(Duration.ofMillis(1)))
        .containsExactly(new Effect.End(offer, 200, Bytes.EMPTY));
  }

  @Test
  void generationsDoNotHearOfEachOther() {
    Posted old = post(V1Generation.B24, V1Type.GENESIS, "genesis");
    market.posts(old);
    Listening alice = consumer("a");
    assertThat(market.listens(alice)).isEmpty();
    assertThat(market.posts(post(V1Type.OFFER, old.id)))
        .extracting(effect -> ((Effect.End) effect).status())
        .containsExactly(404);
  }

  @Test
  void answerOfAnotherTypeIsRefusedAndTheRightOneStillComes() {
    Posted genesis = post(V1Type.GENESIS, "genesis");
    market.posts(genesis);
    for (V1Type wrong : List.of(V1Type.ANSWER, V1Type.ICE)) {
      assertThat(market.posts(post(wrong, genesis.id)))
          .extracting(effect -> ((Effect.End) effect).status())
          .containsExactly(400);
    }
    assertThat(market.posts(post(V1Type.OFFER, genesis.id)))
        .extracting(Effect::to)
        .containsExactly(genesis);
  }

  @Test
  void drainingMarketFinishesWhatHasBegun() {
    Posted taken = post(V1Type.GENESIS, "genesis");
    market.posts(taken);
    Posted offer = post(V1Type.OFFER, taken.id);
    market.posts(offer);
    Listening alice = consumer("a");
    market.listens(alice);
    Posted free = post(V1Generation.B24, V1Type.GENESIS, "genesis");
    market.posts(free);
    assertThat(market.drain())
        .containsExactlyInAnyOrder(
            new Effect.End(alice, 200, Bytes.EMPTY), new Effect.End(free, 200, Bytes.EMPTY));
    assertThat(market.listeningCount() + market.genesisCount()).isZero();
    Listening late = consumer("a");
    assertThat(market.listens(late)).containsExactly(new Effect.End(late, 503, Bytes.EMPTY));
    Posted again = post(V1Type.GENESIS, "genesis");
    assertThat(market.posts(again)).isEmpty();
    assertThat(market.posts(post(V1Type.ANSWER, offer.id)))
        .extracting(Effect::to)
        .containsExactly(offer);
    assertThat(market.handshakeCount()).isEqualTo(1);
    assertThat(after(Duration.ofSeconds(5)))
        .containsExactly(new Effect.End(again, 200, Bytes.EMPTY));
  }

  @Test
  void nothingIsLeftOfALongWildDay() {
    Random random = new Random(6);
    List<V1Exchange> waiting = new ArrayList<>();
    for (int step = 0; step < 50_000; step++) {
      now.addAndGet(random.nextInt(100_000_000));
      List<Effect> effects =
          switch (random.nextInt(5)) {
            case 0 -> market.listens(kept(waiting, consumer("s" + random.nextInt(9))));
            case 1 -> market.posts(kept(waiting, post(V1Type.GENESIS, "genesis")));
            case 2 -> {
              List<Posted> posts =
                  waiting.stream()
                      .filter(Posted.class::isInstance)
                      .map(Posted.class::cast)
                      .toList();
              yield posts.isEmpty()
                  ? List.of()
                  : market.posts(kept(waiting, reply(posts.get(random.nextInt(posts.size())))));
            }
            case 3 ->
                waiting.isEmpty()
                    ? List.of()
                    : market.leaves(waiting.remove(random.nextInt(waiting.size())));
            default -> market.sweep();
          };
      for (Effect effect : effects) {
        assertThat(waiting).contains(effect.to());
        if (effect instanceof Effect.End) {
          waiting.remove(effect.to());
        }
      }
      assertThat(market.listeningCount() + market.genesisCount() + market.handshakeCount())
          .isEqualTo(waiting.size());
    }
    now.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThat(market.sweep()).filteredOn(Effect.End.class::isInstance).hasSize(waiting.size());
    assertThat(market.listeningCount() + market.genesisCount() + market.handshakeCount()).isZero();
    assertThat(market.matches()).isPositive();
    assertThat(market.handshakes()).isPositive();
    assertThat(market.unused()).isPositive();
  }

  private static <T extends V1Exchange> T kept(List<V1Exchange> waiting, T exchange) {
    waiting.add(exchange);
    return exchange;
  }

  private Posted reply(Posted to) {
    return post(to.type.next().orElseThrow(), to.id);
  }

  private List<Effect> after(Duration time) {
    now.addAndGet(time.toNanos());
    return market.sweep();
  }

  private static Effect line(Listening consumer, Posted genesis) {
    return new Effect.Line(consumer, genesis.message);
  }

  private static Listening consumer(String site) {
    return new Listening(NOBODY, V1Generation.U26, site);
  }

  private Posted post(V1Type type, String sendTo) {
    return post(V1Generation.U26, type, sendTo);
  }

  private Posted post(V1Generation generation, V1Type type, String sendTo) {
    String id = "id" + ids++;
    return new Posted(
        NOBODY,
        generation,
        "p" + id,
        id,
        new V1Post(type, sendTo, "{}"),
        Bytes.ofUtf8("said by " + id));
  }
}
