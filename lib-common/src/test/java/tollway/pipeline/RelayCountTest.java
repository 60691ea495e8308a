// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class RelayCountTest {
  private static final LocalDate MONDAY = LocalDate.of(2026, 5, 4);

  /** A disk that takes its time: a write is done when the test says so. */
  private static final class SlowDisk implements RelayJournal {
    SortedMap<LocalDate, Long> onDisk = new TreeMap<>();
    final Deque<Runnable> writes = new ArrayDeque<>();
    boolean full;

    @Override
    public SortedMap<LocalDate, Long> earlier() {
      return onDisk;
    }

    @Override
    public void write(SortedMap<LocalDate, Long> days, Consumer<Boolean> done) {
      writes.add(
          () -> {
            if (!full) {
              onDisk = days;
            }
            done.accept(!full);
          });
    }

    void work() {
      for (Runnable write = writes.poll(); write != null; write = writes.poll()) {
        write.run();
      }
    }
  }

  private final SlowDisk disk = new SlowDisk();

  private RelayCount start(LocalDate today) {
    RelayCount count = new RelayCount(disk, () -> {}, today);
    count.tick(today);
    return count;
  }

  @Test
  void aKillAtAnyMomentForgetsNothingAndTakesAMegabyteAtMost() {
    Random random = new Random(5);
    long truth = 0;
    for (int run = 0; run < 200; run++) {
      RelayCount count = start(MONDAY);
      long claimed = count.day();
      assertThat(claimed).as("nothing is forgotten").isGreaterThanOrEqualTo(truth);
      assertThat(claimed - truth).isLessThanOrEqualTo(RelayCount.AHEAD);
      truth = claimed;
      for (int i = random.nextInt(400); i > 0; i--) {
        if (count.isBehind()) {
          disk.work(); // Nothing passes meanwhile.
        } else {
          int bytes = 1 + random.nextInt(16 << 10);
          count.add(bytes);
          truth += bytes;
        }
        if (random.nextInt(30) == 0) {
          disk.work();
        }
      }
      // One frame may reach beyond what is written down.
      assertThat(truth - disk.onDisk.getOrDefault(MONDAY, 0L)).isLessThanOrEqualTo(16 << 10);
      truth = Math.min(truth, disk.onDisk.getOrDefault(MONDAY, 0L));
      disk.writes.clear(); // The kill.
    }
  }

  @Test
  void whoStopsInOrderLosesNothing() {
    RelayCount count = start(MONDAY);
    disk.work();
    count.add(12_345);
    count.close();
    disk.work();
    assertThat(start(MONDAY).day()).isEqualTo(12_345);
  }

  @Test
  void aDayEndsAndAMonthGoesOn() {
    RelayCount count = start(MONDAY);
    disk.work();
    count.add(1000);
    count.tick(MONDAY.plusDays(1));
    assertThat(count.isBehind()).as("until the new day is on the disk").isTrue();
    disk.work();
    assertThat(count.isBehind()).isFalse();
    assertThat(count.day()).isZero();
    assertThat(count.month()).isEqualTo(1000);
    count.add(500);
    assertThat(count.month()).isEqualTo(1500);
    count.tick(MONDAY.plusMonths(1));
    assertThat(count.month()).isZero();
    count.tick(MONDAY.plusDays(1));
    assertThat(count.month()).as("a clock that steps back finds its days again").isEqualTo(1500);
  }

  @Test
  void aFullDiskIsToldAndTriedAgain() {
    disk.full = true;
    RelayCount count = start(MONDAY);
    disk.work();
    assertThat(count.hasFailed() && count.isBehind()).isTrue();
    count.add(1);
    assertThat(disk.writes).as("not with every frame").isEmpty();
    disk.full = false;
    count.tick(MONDAY);
    disk.work();
    assertThat(count.hasFailed() || count.isBehind()).isFalse();
  }
}
