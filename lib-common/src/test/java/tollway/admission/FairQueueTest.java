// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FairQueueTest {
  private final FairQueue<String, Integer, String> queue = new FairQueue<>(3);

  private List<String> rest() {
    List<String> rest = new ArrayList<>();
    for (String next = queue.poll(); next != null; next = queue.poll()) {
      rest.add(next);
    }
    return rest;
  }

  @Test
  void originsTakeTurns() {
    queue.offer("Mallory", 1, "m1");
    queue.offer("Mallory", 2, "m2");
    queue.offer("Mallory", 3, "m3");
    queue.offer("Alice", 1, "a1");
    queue.offer("Alice", 2, "a2");
    queue.offer("Bob", 1, "b1");
    assertThat(queue.size()).isEqualTo(6);
    assertThat(rest()).containsExactly("m1", "a1", "b1", "m2", "a2", "m3");
    assertThat(queue.size()).isZero();
  }

  @Test
  void whoWantedNothingLatelyIsFirst() {
    queue.offer("Mallory", 1, "m1");
    queue.offer("Mallory", 2, "m2");
    assertThat(queue.poll()).isEqualTo("m1");
    queue.offer("Alice", 1, "a1");
    assertThat(rest()).containsExactly("a1", "m2");
  }

  @Test
  void nobodyIsFirstAgainByWantingOneThingAtATime() {
    queue.offer("Mallory", 1, "m1");
    queue.offer("Bob", 1, "b1");
    queue.offer("Bob", 2, "b2");
    assertThat(queue.poll()).isEqualTo("m1");
    queue.offer("Mallory", 1, "m2");
    assertThat(queue.poll()).isEqualTo("b1");
    assertThat(queue.poll()).isEqualTo("m2");
    queue.offer("Mallory", 1, "m3");
    assertThat(rest()).containsExactly("b2", "m3");
  }

  @Test
  void whatIsWantedAnewReplacesWhatWasWantedBefore() {
    queue.offer("Alice", 1, "one");
    queue.offer("Alice", 2, "other");
    queue.offer("Alice", 1, "two");
    assertThat(queue.size()).isEqualTo(2);
    assertThat(rest()).containsExactly("two", "other");
  }

  @Test
  void whoWantsTooMuchIsNotHeard() {
    for (int i = 0; i < 3; i++) {
      assertThat(queue.offer("Mallory", i, "m" + i)).isTrue();
    }
    assertThat(queue.offer("Mallory", 3, "m3")).isFalse();
    assertThat(queue.offer("Mallory", 2, "m2 again")).isTrue();
    assertThat(queue.offer("Alice", 3, "a3")).isTrue();
    assertThat(rest()).containsExactly("m0", "a3", "m1", "m2 again");
  }

  @Test
  void whatIsNotWantedAnyMoreIsForgotten() {
    queue.offer("Alice", 1, "a1");
    queue.offer("Alice", 2, "a2");
    queue.offer("Bob", 1, "b1");
    queue.forget("Alice", name -> name == 1);
    queue.forget("Carol", name -> true);
    assertThat(queue.size()).isEqualTo(2);
    assertThat(rest()).containsExactly("a2", "b1");
  }

  @Test
  void nothingIsLostOrServedTwice() {
    Random random = new Random(2);
    FairQueue<Integer, Integer, Integer> busy = new FairQueue<>(50);
    List<Integer> in = new ArrayList<>();
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      if (random.nextBoolean()) {
        if (busy.offer(random.nextInt(20), i, i)) {
          in.add(i);
        }
      } else if (busy.size() > 0) {
        out.add(Objects.requireNonNull(busy.poll()));
      }
    }
    while (busy.size() > 0) {
      out.add(Objects.requireNonNull(busy.poll()));
    }
    assertThat(busy.poll()).isNull();
    assertThat(out).containsExactlyInAnyOrderElementsOf(in);
  }

  /** Nine of ten requests are a flooder's, five times what can be served: who else gets theirs? */
  @Test
  void aFlooderCostsOthersNextToNothing() {
    Random random = new Random(3);
    int[] wanted = new int[61];
    int[] served = new int[61];
    FairQueue<Integer, Integer, int[]> busy = new FairQueue<>(64);
    int late = 0;
    for (int millis = 0; millis < 60_000; millis++) {
      // 50 people, one wish a second each; ten identities of Mallory, 45 a second each.
      for (int who = 0; who < 60; who++) {
        if (random.nextInt(who < 50 ? 1000 : 22) == 0) {
          wanted[who]++;
          busy.offer(who, who < 50 ? 0 : random.nextInt(64), new int[] {who, millis});
        }
      }
      if (millis % 10 == 0) { // 100 are served a second.
        int[] next = busy.poll();
        if (next != null) {
          served[next[0]]++;
          late += next[0] < 50 && millis - next[1] > 1000 ? 1 : 0;
        }
      }
    }
    int honestWanted = 0;
    int honestServed = 0;
    for (int who = 0; who < 50; who++) {
      honestWanted += wanted[who];
      honestServed += served[who];
    }
    assertThat(honestWanted).isBetween(2700, 3300);
    assertThat((honestServed - late) / (double) honestWanted).isGreaterThan(0.95);
  }
}
