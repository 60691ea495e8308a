// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tollway.admission.Evaluator;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.loop.ManualEventLoop;
import tollway.signaling.Signal;

/** The reception in virtual time. */
final class ReceptionTest {
  private static final Bytes NONCE = Bytes.of(new byte[Signal.NONCE_SIZE]);
  private static final Identity ALICE = Identity.generate(new SecureRandom());

  private static final Signal.Hello PLAIN = hello(Optional.empty());

  /** What each check costs, in nanoseconds of CPU. */
  private static final long CHECK = 2_000_000;

  private final ManualEventLoop loop = new ManualEventLoop();
  private long cpu;
  private int looks;
  private long made;
  private Reception reception = reception(0);

  private Reception reception(int least) {
    return new Reception(
        loop, this::look, () -> new ByteWriter().i64(7).i64(++made).toBytes(), least);
  }

  /** Before a check, and after it. */
  private long look() {
    cpu += looks % 2 * CHECK;
    looks++;
    return cpu;
  }

  /** Somebody, and what they were told. */
  private static final class Guest implements Reception.Guest {
    boolean there = true;
    boolean admitted;
    boolean cheated;
    @Nullable Fault fault;

    @Override
    public boolean isThere() {
      return there;
    }

    @Override
    public void admitted() {
      admitted = true;
    }

    @Override
    public void cheated(Fault why) {
      cheated = true;
      fault = why;
    }

    @Override
    public void refused(Fault why) {
      fault = why;
    }

    Signal.Code code() {
      assertThat(fault).isNotNull();
      return fault.code();
    }
  }

  private static Signal.Hello hello(Optional<Solution> solution) {
    return new Signal.Hello(
        Signal.VERSION,
        ALICE.nodeId(),
        ALICE.sign(Signal.helloProof(NONCE)),
        solution,
        Optional.empty(),
        Optional.empty());
  }

  private Guest arrives(Signal.Hello hello) {
    Guest guest = new Guest();
    reception.arrives(hello, NONCE, guest);
    return guest;
  }

  private Guest arrives() {
    return arrives(PLAIN);
  }

  private Solution solve(Bytes seed, int effort) {
    Evaluator evaluator = new Evaluator();
    Puzzle puzzle = new Puzzle(Signal.SERVICE, ALICE.nodeId(), seed, effort);
    while (true) {
      Bytes nonce = new ByteWriter().i64(1).i64(++made).toBytes();
      Optional<Solution> found = evaluator.attempt(puzzle, nonce);
      if (found.isPresent()) {
        return found.get();
      }
    }
  }

  private Bytes seed() {
    return reception.challenge(NONCE, NONCE).seed();
  }

  private int asked() {
    return reception.challenge(NONCE, NONCE).effort();
  }

  /** Strangers who solve nothing, so many a second for so long; those who came in. */
  private int flood(int perSecond, Duration time) {
    List<Guest> strangers = new ArrayList<>();
    for (long i = 0; i < perSecond * time.toSeconds(); i++) {
      strangers.add(arrives());
      loop.advance(Duration.ofNanos(1_000_000_000L / perSecond));
    }
    return (int) strangers.stream().filter(stranger -> stranger.admitted).count();
  }

  @Test
  void whoComesToAnIdleFreddieIsLetInAtOnceWithoutAPuzzle() {
    assertThat(asked()).isZero();
    Guest alice = arrives();
    loop.runReady();
    assertThat(alice.admitted).isTrue();
  }

  @Test
  void aWrongProofIsRefused() {
    Guest mallory =
        arrives(
            new Signal.Hello(
                Signal.VERSION, ALICE.nodeId(), ALICE.sign(Bytes.ofUtf8("another nonce"))));
    loop.runReady();
    assertThat(mallory.code()).isEqualTo(Signal.Code.BAD_PROOF);
    assertThat(mallory.cheated).isFalse();
  }

  @Test
  void itCostsHalfACoreAtFirstAndThenOneTwentieth() {
    flood(300, Duration.ofSeconds(60));
    assertThat(cpu).isBetween(29_000_000_000L, 30_100_000_000L);
    cpu = 0;
    flood(300, Duration.ofSeconds(60));
    assertThat(cpu).isBetween(2_900_000_000L, 3_100_000_000L);
  }

  @Test
  void effortRisesWithTheFloodAndFallsAfterIt() {
    loop.advance(Duration.ofMinutes(2));
    assertThat(asked()).isZero();
    flood(200, Duration.ofSeconds(20));
    assertThat(asked()).isPositive();
    loop.advance(Duration.ofMinutes(2));
    assertThat(asked()).isZero();
  }

  @Test
  void whoMakesAnEffortIsNotHeldUpByAFloodOfThoseWhoDoNot() {
    loop.advance(Duration.ofMinutes(2));
    flood(200, Duration.ofSeconds(20));
    assertThat(asked()).isPositive();
    for (int i = 0; i < 20; i++) {
      Guest alice = arrives(hello(Optional.of(solve(seed(), 8))));
      flood(200, Duration.ofSeconds(1));
      assertThat(alice.admitted).as("round " + i).isTrue();
    }
  }

  @Test
  void whoWaitsInVainIsToldToSolveAPuzzle() {
    loop.advance(Duration.ofMinutes(2));
    List<Guest> crowd = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      crowd.add(arrives());
    }
    loop.runReady();
    List<Guest> tooMany = crowd.stream().filter(guest -> guest.fault != null).toList();
    assertThat(tooMany).hasSizeBetween(700, 744).allMatch(g -> g.code() == Signal.Code.PUZZLE);
    loop.advance(Duration.ofSeconds(7));
    // Nobody is left without an answer.
    assertThat(crowd).allMatch(guest -> guest.admitted ^ guest.fault != null);
  }

  @Test
  void aSolutionOpensTheDoorOnce() {
    Solution solution = solve(seed(), 4);
    Guest first = arrives(hello(Optional.of(solution)));
    Guest second = arrives(hello(Optional.of(solution)));
    loop.advance(Duration.ofSeconds(1));
    Guest third = arrives(hello(Optional.of(solution)));
    loop.advance(Duration.ofSeconds(1));
    assertThat(first.admitted).isTrue();
    assertThat(second.code()).isEqualTo(Signal.Code.PUZZLE);
    assertThat(third.code()).isEqualTo(Signal.Code.PUZZLE);
  }

  @Test
  void whatWasNotLookedAtMayBeSaidAgain() {
    Solution solution = solve(seed(), 4);
    Guest gone = arrives(hello(Optional.of(solution)));
    gone.there = false;
    loop.advance(Duration.ofSeconds(1));
    Guest again = arrives(hello(Optional.of(solution)));
    loop.advance(Duration.ofSeconds(1));
    assertThat(gone.admitted).isFalse();
    assertThat(again.admitted).isTrue();
  }

  @Test
  void madeUpSolutionsAreFoundOut() {
    Solution solution = solve(seed(), 4);
    Puzzle puzzle = new Puzzle(Signal.SERVICE, ALICE.nodeId(), seed(), 4);
    Solution dear = solution;
    for (long i = 0; dear.equals(solution) || !puzzle.isPlausible(dear); i++) {
      Bytes output = new ByteWriter().i64(i).i64(i).toBytes();
      dear = new Solution(seed(), 4, solution.nonce(), output);
    }
    Solution cheap = dear;
    for (long i = 0; puzzle.isPlausible(cheap); i++) {
      Bytes output = new ByteWriter().i64(i).i64(-1).toBytes();
      cheap = new Solution(seed(), 4, solution.nonce(), output);
    }
    for (Solution lie : List.of(cheap, dear)) {
      Guest mallory = arrives(hello(Optional.of(lie)));
      loop.advance(Duration.ofSeconds(1));
      assertThat(mallory.cheated).isTrue();
      assertThat(mallory.code()).isEqualTo(Signal.Code.BAD_PROOF);
    }
    assertThat(cpu).isEqualTo(CHECK); // The cheap lie cost none.
  }

  @Test
  void aSolutionForAnOldSeedIsForThePast() {
    Solution solution = solve(seed(), 4);
    loop.advance(Duration.ofHours(5));
    Guest alice = arrives(hello(Optional.of(solution)));
    loop.runReady();
    assertThat(alice.code()).isEqualTo(Signal.Code.PUZZLE);
    assertThat(alice.cheated).isFalse();
  }

  @Test
  void aLeastEffortIsAskedOfEverybodyAlways() {
    reception = reception(4);
    assertThat(asked()).isEqualTo(4);
    Guest idle = arrives();
    Guest lazy = arrives(hello(Optional.of(solve(seed(), 3))));
    Guest alice = arrives(hello(Optional.of(solve(seed(), 4))));
    loop.advance(Duration.ofSeconds(1));
    assertThat(idle.code()).isEqualTo(Signal.Code.PUZZLE);
    assertThat(lazy.code()).isEqualTo(Signal.Code.PUZZLE);
    assertThat(alice.admitted).isTrue();
  }
}
