// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;

final class SeedsTest {
  private static final long HOUR = 3_600_000_000_000L;
  private static final NodeId ALICE = identity(1);
  private static final NodeId BOB = identity(2);

  private long made;
  private final Seeds seeds = new Seeds(() -> number(++made), 0);

  private static NodeId identity(int first) {
    byte[] seed = new byte[Identity.SEED_SIZE];
    seed[0] = (byte) first;
    return Identity.ofSeed(Bytes.of(seed)).nodeId();
  }

  private static Bytes number(long number) {
    return new ByteWriter().i64(0).i64(number).toBytes();
  }

  private static Solution solution(Bytes seed, long nonce) {
    return new Solution(seed, 1, number(nonce), number(0));
  }

  @Test
  void aSolutionIsUsedOnce() {
    Solution solution = solution(seeds.current(0), 1);
    assertThat(seeds.use(ALICE, solution, 0)).isTrue();
    assertThat(seeds.use(ALICE, solution, 1)).isFalse();
    // Nobody uses up another's by naming it.
    assertThat(seeds.use(BOB, solution, 1)).isTrue();
    seeds.restore(ALICE, solution);
    assertThat(seeds.use(ALICE, solution, 2)).isTrue();
  }

  @Test
  void aSeedIsGivenOutForTwoHoursAndAcceptedForTwoMore() {
    Bytes first = seeds.current(0);
    assertThat(seeds.current(2 * HOUR - 1)).isEqualTo(first);
    assertThat(seeds.use(ALICE, solution(first, 1), 2 * HOUR - 1)).isTrue();
    Bytes second = seeds.current(2 * HOUR);
    assertThat(second).isNotEqualTo(first);
    assertThat(seeds.use(ALICE, solution(first, 1), 3 * HOUR)).isFalse();
    assertThat(seeds.use(ALICE, solution(first, 2), 4 * HOUR - 1)).isTrue();
    assertThat(seeds.use(ALICE, solution(first, 3), 4 * HOUR)).isFalse();
    assertThat(seeds.use(ALICE, solution(second, 3), 4 * HOUR)).isTrue();
  }

  @Test
  void aSeedThatWasForgottenForLongIsNotAccepted() {
    Bytes first = seeds.current(0);
    assertThat(seeds.use(ALICE, solution(first, 1), 100 * HOUR)).isFalse();
  }

  @Test
  void unknownSeedsAreRefused() {
    assertThat(seeds.use(ALICE, solution(number(99), 1), 0)).isFalse();
  }

  @Test
  void aSeedWithTooManySolutionsIsReplacedAndStaysAccepted() {
    Bytes first = seeds.current(0);
    for (long i = 1; i < 1 << 16; i++) {
      assertThat(seeds.use(ALICE, solution(first, i), 0)).isTrue();
    }
    assertThat(seeds.current(0)).isEqualTo(first);
    assertThat(seeds.use(ALICE, solution(first, 0), 0)).isTrue();
    assertThat(seeds.current(0)).isNotEqualTo(first);
    assertThat(seeds.use(ALICE, solution(first, 1 << 16), 0)).isFalse();
    assertThat(seeds.use(BOB, solution(seeds.current(0), 1), 0)).isTrue();
  }
}
