// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;

final class PuzzleTest {
  private static final NodeId ALICE = identity(1);
  private static final NodeId MALLORY = identity(2);
  private static final Bytes SEED = Bytes.ofUtf8("0123456789abcdef");
  private static final int EFFORT = 8;

  private final Evaluator evaluator = new Evaluator();
  private final Puzzle puzzle = new Puzzle("town", ALICE, SEED, EFFORT);

  private static NodeId identity(int first) {
    byte[] seed = new byte[Identity.SEED_SIZE];
    seed[0] = (byte) first;
    return Identity.ofSeed(Bytes.of(seed)).nodeId();
  }

  private static Bytes nonce(long number) {
    return new ByteWriter().i64(0).i64(number).toBytes();
  }

  private Solution solve(Puzzle which) {
    for (long i = 0; ; i++) {
      Optional<Solution> found = evaluator.attempt(which, nonce(i));
      if (found.isPresent()) {
        return found.get();
      }
    }
  }

  /** Changing these bytes changes the protocol. libargon2 computes the same output. */
  @Test
  void aSolutionIsFrozen() throws Exception {
    Solution solution = solve(puzzle);
    assertThat(solution.encoded().hex())
        .isEqualTo(
            "30313233343536373839616263646566000000080000000000000000000000000000000ac35f29180a9d22b2"
                + "3cf4451a03f3ddaf");
    assertThat(Solution.of(solution.encoded())).isEqualTo(solution);
  }

  @Test
  void aSolutionIsGoodForOneIdentityServiceSeedAndEffortOnly() {
    Solution solution = solve(puzzle);
    assertThat(evaluator.verifies(puzzle, solution)).isTrue();
    Bytes other = Bytes.ofUtf8("another seed....");
    for (Puzzle wrong :
        List.of(
            new Puzzle("town", MALLORY, SEED, EFFORT),
            new Puzzle("towns", ALICE, SEED, EFFORT),
            new Puzzle("town", ALICE, other, EFFORT),
            new Puzzle("town", ALICE, SEED, EFFORT - 1),
            new Puzzle("town", ALICE, SEED, EFFORT + 1))) {
      assertThat(evaluator.verifies(wrong, solution)).as(wrong.toString()).isFalse();
    }
    // Not even when the solution is relabelled.
    Solution moved = new Solution(other, EFFORT, solution.nonce(), solution.output());
    assertThat(evaluator.verifies(Puzzle.of("town", ALICE, moved), moved)).isFalse();
    Solution boast = new Solution(SEED, 60_000, solution.nonce(), solution.output());
    assertThat(evaluator.verifies(Puzzle.of("town", ALICE, boast), boast)).isFalse();
    Solution stolen = new Solution(SEED, EFFORT, solution.nonce(), solution.output());
    assertThat(evaluator.verifies(Puzzle.of("town", MALLORY, stolen), stolen)).isFalse();
  }

  @Test
  void anOutputThatWasMadeUpPassesTheCheapTestAndFailsTheDearOne() {
    for (long i = 0; ; i++) {
      Solution forged = new Solution(SEED, EFFORT, nonce(7), nonce(i));
      if (puzzle.isPlausible(forged)) {
        assertThat(evaluator.verifies(puzzle, forged)).isFalse();
        return;
      }
    }
  }

  /** One nonce in eight: of 800 between 60 and 145, or one test in 100,000 would fail. */
  @Test
  void theEffortIsTheMeanNumberOfEvaluations() {
    int found = 0;
    for (int i = 0; i < 800; i++) {
      found += evaluator.attempt(puzzle, nonce(i)).isPresent() ? 1 : 0;
    }
    assertThat(found).isBetween(60, 145);
  }

  @Test
  void theLeastEffortTakesOneEvaluation() {
    Puzzle least = new Puzzle("town", ALICE, SEED, 1);
    assertThat(evaluator.attempt(least, nonce(0))).isPresent();
  }

  @Test
  void noiseIsASolutionOrMalformed() {
    Random random = new Random(1);
    int sound = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(3) == 0 ? random.nextInt(70) : Solution.SIZE];
      random.nextBytes(noise);
      if (noise.length > 17 && random.nextBoolean()) {
        noise[16] = 0;
        noise[17] = 0;
      }
      try {
        Solution read = Solution.of(Bytes.of(noise));
        assertThat(read.encoded()).isEqualTo(Bytes.of(noise));
        assertThat(Puzzle.of("town", ALICE, read).isPlausible(read)).isIn(true, false);
        sound++;
      } catch (MalformedBytesException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
    assertThat(sound).isPositive();
  }

  @Test
  void boundsOfAnEffortAreChecked() {
    for (int effort : new int[] {-1, 0, Puzzle.MAX_EFFORT + 1, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> new Puzzle("town", ALICE, SEED, effort))
          .isInstanceOf(IllegalArgumentException.class);
      Bytes encoded =
          new ByteWriter().bytes(SEED).u32(effort & 0xffffffffL).bytes(SEED).bytes(SEED).toBytes();
      assertThatThrownBy(() -> Solution.of(encoded)).isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void severalThreadsMintOneSolution() throws Exception {
    Mint mint = Mint.start(new Puzzle("town", ALICE, SEED, 64), 2, new SecureRandom());
    Mint.Minted minted = mint.minted().get(30, TimeUnit.SECONDS);
    assertThat(evaluator.verifies(new Puzzle("town", ALICE, SEED, 64), minted.solution())).isTrue();
    assertThat(minted.evaluations()).isPositive();
    assertThat(minted.cpuNanos()).isPositive();
    assertThat(minted.nanos()).isPositive();
  }

  @Test
  void whatIsGivenUpEnds() throws Exception {
    Mint mint =
        Mint.start(new Puzzle("town", ALICE, SEED, Puzzle.MAX_EFFORT), 1, new SecureRandom());
    Await.until("it works", () -> mint.evaluations() > 0);
    mint.cancel();
    assertThatThrownBy(() -> mint.minted().get()).isInstanceOf(CancellationException.class);
    // At most the evaluation that was under way is still counted.
    long then = mint.evaluations();
    Await.until(
        "it has ended",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("puzzle-")));
    assertThat(mint.evaluations()).isLessThanOrEqualTo(then + 1);
  }
}
