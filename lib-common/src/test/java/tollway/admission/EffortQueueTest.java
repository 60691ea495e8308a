// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EffortQueueTest {
  private final EffortQueue<String> queue = new EffortQueue<>(3);

  private List<String> rest() {
    List<String> rest = new ArrayList<>();
    for (var next = queue.poll(); next.isPresent(); next = queue.poll()) {
      rest.add(next.get().who());
    }
    return rest;
  }

  @Test
  void theGreatestEffortIsFirstAndThenWhoCameFirst() {
    queue.offer("idle", 0, 1);
    queue.offer("Alice", 8, 2);
    queue.offer("Bob", 8, 3);
    assertThat(queue.highest()).isEqualTo(8);
    assertThat(rest()).containsExactly("Alice", "Bob", "idle");
    assertThat(queue.highest()).isZero();
  }

  @Test
  void whoMadeTheLeastEffortAndCameLastHasToGo() {
    queue.offer("a", 0, 1);
    queue.offer("b", 0, 2);
    queue.offer("c", 0, 3);
    assertThat(queue.offer("d", 0, 4)).map(EffortQueue.Waiting::who).contains("d");
    assertThat(queue.offer("Alice", 1, 5))
        .isEqualTo(Optional.of(new EffortQueue.Waiting<>("c", 0, 3)));
    assertThat(rest()).containsExactly("Alice", "a", "b");
  }

  @Test
  void whoWaitedTooLongIsTakenOut() {
    queue.offer("a", 5, 1);
    queue.offer("b", 0, 7);
    assertThat(queue.pollOlderThan(5, 7)).extracting(EffortQueue.Waiting::who).containsExactly("a");
    assertThat(queue.pollOlderThan(5, 7)).isEmpty();
    assertThat(rest()).containsExactly("b");
  }

  @Test
  void aFloodWithoutEffortIsNotInTheWayOfAnybodyWhoMakesOne() {
    EffortQueue<Integer> crowded = new EffortQueue<>(256);
    Random random = new Random(1);
    List<Integer> served = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      crowded.offer(i % 1000 == 0 ? -i : i, i % 1000 == 0 ? 1 + random.nextInt(9) : 0, i);
      if (i % 900 == 899) {
        crowded.poll().ifPresent(next -> served.add(next.who()));
      }
    }
    assertThat(crowded.size()).isEqualTo(256);
    assertThat(served.stream().filter(who -> who <= 0)).hasSizeGreaterThanOrEqualTo(99);
  }
}
