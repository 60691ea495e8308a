// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A window of frames over simulated paths, each with a rate, a queue, a delay and a loss. */
final class PathSchedulerTest {
  private static final int FRAME = 1400;
  private static final long STEP = 1_000_000;
  private static final long REPORT = 20_000_000;

  private final Random random = new Random(7);
  private long now = 1_000_000_000;

  private final class Simulated {
    final AttachedPath path = new AttachedPath(NoLink.LINK, "path", now);
    private final double rate;
    private final double loss;
    private final long delay;
    private final Deque<Long> arrivals = new ArrayDeque<>();
    private long free;
    private long packets;
    private long missing;
    private long reportedAt;
    long delivered;

    Simulated(double bytesPerSecond, double loss, long rttMillis) {
      rate = bytesPerSecond;
      this.loss = loss;
      delay = rttMillis * 1_000_000;
      path.state = PathState.ACTIVE;
      path.measured(delay, now);
    }

    void send() {
      ByteBuf frame = Unpooled.buffer(FRAME).writerIndex(FRAME);
      path.sendData(frame, 1);
      free = Math.max(free, now) + (long) (FRAME * 1e9 / rate);
      arrivals.add(random.nextDouble() < loss ? -(free + delay) : free + delay);
    }

    /** How many have arrived or were lost since the last step. */
    int step() {
      int done = 0;
      while (!arrivals.isEmpty() && Math.abs(arrivals.element()) <= now) {
        boolean lost = arrivals.remove() < 0;
        missing += lost ? 1 : 0;
        packets += lost ? 0 : 1;
        done++;
      }
      if (done > 0 && now - reportedAt >= REPORT) {
        reportedAt = now;
        path.quality.reported(
            new PathFrame.Report(
                now / 1000 & 0xffff_ffffL, packets, missing, packets * FRAME, 1400),
            now);
      }
      return done;
    }
  }

  /** Keeps so many bytes on their way for a while; what each path delivered in the last second. */
  private double[] run(List<Simulated> all, int window, int seconds) {
    List<AttachedPath> paths = all.stream().map(simulated -> simulated.path).toList();
    int flight = all.stream().mapToInt(simulated -> simulated.arrivals.size()).sum();
    double[] rates = new double[all.size()];
    for (int step = 0; step < seconds * 1000; step++) {
      if (step == (seconds - 1) * 1000) {
        all.forEach(simulated -> simulated.delivered = simulated.packets);
      }
      for (; flight < window / FRAME; flight++) {
        AttachedPath chosen = PathScheduler.choose(paths, now);
        all.get(paths.indexOf(chosen)).send();
      }
      now += STEP;
      for (Simulated simulated : all) {
        flight -= simulated.step();
      }
      if (step % 100 == 99) {
        PathScheduler.judge(paths, now);
      }
    }
    for (int i = 0; i < rates.length; i++) {
      rates[i] = (all.get(i).packets - all.get(i).delivered) * (double) FRAME;
    }
    return rates;
  }

  @Test
  void everyPathIsFilledHoweverDifferentTheyAre() {
    double[] rates =
        run(
            List.of(
                new Simulated(1e6, 0, 50), new Simulated(3e6, 0, 40), new Simulated(2e6, 0, 60)),
            600_000, // Twice what they hold.
            10);
    assertThat(rates[0]).isCloseTo(1e6, within(0.08e6));
    assertThat(rates[1]).isCloseTo(3e6, within(0.24e6));
    assertThat(rates[2]).isCloseTo(2e6, within(0.16e6));
  }

  @Test
  void aPathThatLosesFarMoreRestsAndIsTriedAgain() {
    Simulated good = new Simulated(3e6, 0.001, 50);
    Simulated bad = new Simulated(3e6, 0.1, 50);
    assertThat(run(List.of(good, bad), 300_000, 6)[1]).isZero();
    assertThat(bad.path.restsUntil).isGreaterThan(now);
    long before = bad.packets;
    run(List.of(good, bad), 300_000, 12);
    assertThat(bad.packets).isGreaterThan(before);
  }

  @Test
  void aPathThatTakesFarLongerRests() {
    double[] rates =
        run(List.of(new Simulated(3e6, 0, 40), new Simulated(3e6, 0, 400)), 240_000, 3);
    assertThat(rates[1]).isZero();
    assertThat(rates[0]).isCloseTo(3e6, within(0.1e6));
  }

  @Test
  void allPathsBadIsBetterThanNone() {
    double[] rates =
        run(List.of(new Simulated(3e6, 0.2, 50), new Simulated(3e6, 0.2, 50)), 600_000, 6);
    assertThat(rates[0] + rates[1]).isGreaterThan(4e6);
  }
}
