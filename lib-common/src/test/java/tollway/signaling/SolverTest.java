// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.admission.Evaluator;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;
import tollway.loop.ManualEventLoop;

final class SolverTest {
  private static final NodeId ALICE = Identity.ofSeed(Bytes.of(new byte[32])).nodeId();
  private static final Bytes NONCE = Bytes.of(new byte[Signal.NONCE_SIZE]);
  private static final Bytes SEED = Bytes.ofUtf8("0123456789abcdef");
  private static final Bytes OTHER = Bytes.ofUtf8("abcdef0123456789");

  private final ManualEventLoop loop = new ManualEventLoop();
  private final Solver solver = new Solver(loop, ALICE, "http://freddie");
  private final List<Optional<Solution>> handed = new ArrayList<>();

  @AfterEach
  void giveUp() {
    solver.close();
  }

  private void ask(Bytes seed, int effort) {
    solver.solve(
        new Signal.Challenge(Signal.VERSION, NONCE, seed, effort, Optional.empty()), handed::add);
  }

  private void await(Await.Condition condition) throws Exception {
    Await.until(
        "solved",
        () -> {
          loop.runReady();
          return condition.holds();
        });
  }

  private Solution solved() throws Exception {
    await(() -> !handed.isEmpty());
    return handed.remove(0).orElseThrow();
  }

  @Test
  void nothingIsDoneWhenNothingIsAsked() {
    ask(SEED, 0);
    ask(Bytes.EMPTY, 0);
    assertThat(handed).containsExactly(Optional.empty(), Optional.empty());
    assertThat(solver.remaining()).isEmpty();
  }

  @Test
  void whatIsAskedIsSolved() throws Exception {
    ask(SEED, 20);
    assertThat(handed).isEmpty();
    assertThat(solver.remaining()).isPresent();
    Solution solution = solved();
    assertThat(solution.effort()).isEqualTo(20);
    assertThat(new Evaluator().verifies(Puzzle.of(Signal.SERVICE, ALICE, solution), solution))
        .isTrue();
    assertThat(solver.remaining()).isEmpty();
  }

  @Test
  void workGoesOnWhenTheConnectionEndsAndIsForTheNextOne() throws Exception {
    ask(SEED, 20);
    solver.leave();
    await(() -> solver.remaining().isEmpty());
    assertThat(handed).isEmpty();
    ask(SEED, 16); // It has become less: what is there is good enough.
    assertThat(handed).hasSize(1);
    Solution first = solved();
    assertThat(first.effort()).isEqualTo(20);
    ask(SEED, 20);
    assertThat(solved().nonce()).isNotEqualTo(first.nonce());
  }

  @Test
  void whoComesBackFindsTheWorkFurtherUnlessSomethingElseIsAsked() throws Exception {
    ask(SEED, Puzzle.MAX_EFFORT);
    await(() -> solver.evaluations() > 2);
    solver.leave();
    ask(SEED, Puzzle.MAX_EFFORT - 1);
    assertThat(solver.evaluations()).isGreaterThan(2);
    ask(OTHER, Puzzle.MAX_EFFORT); // Another freddie behind that name.
    ask(OTHER, 8); // The rush is over.
    Solution solution = solved();
    assertThat(solution.seed()).isEqualTo(OTHER);
    assertThat(solution.effort()).isEqualTo(8);
    assertThat(handed).isEmpty();
  }

  @Test
  void whoIsOutbidMakesMoreOfAnEffortUntilWelcome() throws Exception {
    solver.outbid();
    ask(SEED, 0);
    assertThat(solved().effort()).isEqualTo(8);
    solver.outbid();
    ask(SEED, 3);
    assertThat(solved().effort()).isEqualTo(16);
    solver.welcomed();
    ask(SEED, 3);
    assertThat(solved().effort()).isEqualTo(8);
    solver.welcomed();
    ask(SEED, 0);
    assertThat(handed).containsExactly(Optional.empty());
  }
}
