// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.admission.Mint;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;
import tollway.neighbor.Street.Node;
import tollway.wire.Binding;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

/** Newcomers who work to be heard where many shout. */
final class NewcomerEffortTest {
  private static final int ALICE = 0;
  private static final int BOB = 1;
  private static final NodeId SELF = Street.identity(ALICE).nodeId();
  private static final NodeId NEWCOMER = Street.identity(BOB).nodeId();
  private static final Bytes NONCE = Bytes.ofUtf8("0123456789abcdef");
  private static final NeighborhoodConfig OFFER = NeighborhoodConfig.DEFAULT.with(Scrooge2.OFFER);

  private long now = 1_000_000_000L;
  private final Claims claims = new Claims(() -> now);

  private static Solution solve(int effort) throws Exception {
    return Mint.start(EffortClaim.puzzle(NEWCOMER, NONCE, effort), 1, new SecureRandom())
        .minted()
        .get(60, TimeUnit.SECONDS)
        .solution();
  }

  private static EffortClaim claim(Solution solution) {
    return new EffortClaim(NEWCOMER, SELF, solution);
  }

  /** Passes the cheap test and not the dear one. */
  private static EffortClaim madeUp(long number) {
    Puzzle puzzle = EffortClaim.puzzle(NEWCOMER, NONCE, Claims.LEAST_EFFORT);
    for (long i = 0; ; i++) {
      Bytes nonce = new ByteWriter().i64(number).i64(i).toBytes();
      Solution solution = new Solution(NONCE, Claims.LEAST_EFFORT, nonce, nonce);
      if (puzzle.isPlausible(solution)) {
        return claim(solution);
      }
    }
  }

  @Test
  void aClaimIsFrozen() throws Exception {
    EffortClaim claim = claim(new Solution(NONCE, 256, NONCE, NONCE));
    assertThat(claim.encoded().utf8())
        .isEqualTo(
            "scrooge2_effort "
                + NEWCOMER.base64()
                + " "
                + SELF.base64()
                + " MDEyMzQ1Njc4OWFiY2RlZgAAAQAwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==");
    assertThat(EffortClaim.parse(claim.encoded())).isEqualTo(claim);
  }

  @Test
  void noiseIsAClaimOrMalformed() {
    String sound = claim(new Solution(NONCE, 256, NONCE, NONCE)).encoded().utf8();
    for (String wrong :
        List.of(
            "",
            EffortClaim.WORD,
            sound + " ",
            sound + " more",
            " " + sound,
            sound.replace(" ", "  "),
            sound.substring(0, sound.length() - 4),
            sound.replace("scrooge2", "scrooge3"),
            sound.replace("AAAQAw", "AAAAAw"))) {
      assertThatThrownBy(() -> EffortClaim.parse(Bytes.ofUtf8(wrong)))
          .as(wrong)
          .isInstanceOf(MalformedBytesException.class);
    }
    Random random = new Random(6);
    int understood = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = sound.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      try {
        EffortClaim read = EffortClaim.parse(Bytes.of(bytes));
        assertThat(read.encoded()).isEqualTo(Bytes.of(bytes));
        understood++;
      } catch (MalformedBytesException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
      }
    }
    assertThat(understood).isPositive();
  }

  @Test
  void anEffortCountsOnceAndForAWhile() throws Exception {
    EffortClaim claim = claim(solve(Claims.LEAST_EFFORT));
    assertThat(claims.has(NEWCOMER)).isFalse();
    assertThat(claims.offer(claim)).isEmpty();
    assertThat(claims.has(NEWCOMER)).isTrue();
    assertThat(claims.has(SELF)).isFalse();
    now += 30_000_000_001L;
    assertThat(claims.has(NEWCOMER)).isFalse();
    assertThat(claims.offer(claim)).isEmpty();
    assertThat(claims.has(NEWCOMER)).isFalse();
  }

  @Test
  void whatIsMadeUpOrTooSmallIsRefused() throws Exception {
    assertThat(claims.offer(claim(solve(8)))).contains(Drop.UNSOLVED);
    assertThat(claims.offer(claim(new Solution(NONCE, 60_000, NONCE, NONCE))))
        .contains(Drop.UNSOLVED);
    assertThat(claims.offer(madeUp(1))).contains(Drop.UNSOLVED);
    assertThat(claims.has(NEWCOMER)).isFalse();
  }

  @Test
  void aFloodOfMadeUpClaimsCostsATwentiethOfACore() {
    int checked = 0;
    List<EffortClaim> flood = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      flood.add(madeUp(i));
    }
    // 1,000 a second for two seconds, each of which takes a millisecond.
    for (int i = 0; i < 2000; i++) {
      now += 1_000_000;
      checked += claims.offer(flood.get(i % flood.size())).isPresent() ? 1 : 0;
    }
    assertThat(checked).isBetween(140, 152);
  }

  /** Mallory's newcomers take every place as soon as there is one. */
  private static void shout(Street street, Node to, Random random, Duration time) {
    for (long i = 0; i < time.toMillis() / 2; i++) {
      byte[] seed = new byte[Identity.SEED_SIZE];
      random.nextBytes(seed);
      Identity stranger = Identity.ofSeed(Bytes.of(seed));
      LinkMessage hello = new LinkMessage.Hello(stranger.nodeId(), to.control, 5);
      to.hood.receivedAside(
          LinkCodec.sign(hello, Binding.hello(NONCE), stranger),
          Street.source(100 + (int) (i % 100)),
          Street.LINK);
      street.pass(Duration.ofMillis(2));
    }
  }

  @Test
  void whoMakesAnEffortIsTakenInThoughManyShout() throws Exception {
    Street street = new Street();
    Random random = new Random(8);
    Node alice = street.moveIn(ALICE, OFFER);
    shout(street, alice, random, Duration.ofSeconds(1));
    Node bob = street.moveIn(BOB, OFFER);
    shout(street, alice, random, Duration.ofSeconds(14));
    assertThat(alice.knows(bob)).isEmpty();
    assertThat(bob.knows(alice).map(Neighbor::state)).contains(NeighborState.SEEN);
    Await.until(
        "Alice has taken Bob in",
        () -> {
          shout(street, alice, random, Duration.ofMillis(100));
          return alice.knows(bob).isPresent();
        });
    assertThat(street.aside).anyMatch(each -> each.utf8().startsWith(EffortClaim.WORD + " "));
    shout(street, alice, random, Duration.ofSeconds(1));
    assertThat(bob.knows(alice).map(Neighbor::state)).isNotEqualTo(Optional.of(NeighborState.SEEN));
    street.nodes.forEach(node -> node.hood.stop());
  }

  @Test
  void aClaimForAnotherNodeOrAnEarlierRunIsMisdirected() throws Exception {
    Street street = new Street();
    Node alice = street.moveIn(ALICE, OFFER);
    for (EffortClaim wrong :
        List.of(claim(solve(1)), new EffortClaim(NEWCOMER, NEWCOMER, claim(solve(1)).solution()))) {
      alice.hood.receivedEffort(wrong.encoded(), Street.LINK);
    }
    assertThat(alice.hood.drops().get(Drop.MISDIRECTED)).isEqualTo(2);
    alice.hood.receivedEffort(Bytes.ofUtf8(EffortClaim.WORD + " ?"), Street.LINK);
    assertThat(alice.hood.drops().get(Drop.MALFORMED)).isEqualTo(1);
    Node deaf = street.moveIn(BOB, NeighborhoodConfig.DEFAULT);
    deaf.hood.receivedEffort(claim(solve(1)).encoded(), Street.LINK);
    assertThat(deaf.hood.drops()).doesNotContainKey(Drop.MISDIRECTED);
  }
}
