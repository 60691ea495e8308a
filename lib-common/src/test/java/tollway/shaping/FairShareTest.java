// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.loop.ManualEventLoop;

final class FairShareTest {
  private static final Duration TICK = Duration.ofMillis(1);

  private final ManualEventLoop loop = new ManualEventLoop();
  private final FairShare<Integer> share = new FairShare<>(loop);

  /** Offers more than it gets, in frames of its own kind, as a person with a large file does. */
  private final class Greedy implements FairShare.Sink<Integer> {
    final FairShare<Integer>.Flow flow;
    final List<Long> bySecond = new ArrayList<>();
    final int frame;
    long sent;
    long dropped;

    Greedy(int weight, Optional<Rate> rate, int frame) {
      this.frame = frame;
      flow = share.add(weight, rate, this);
    }

    void offer() {
      while (flow.offer(frame, frame, false)) {
        // Until it is full.
      }
    }

    @Override
    public void send(Integer item) {
      sent += item;
    }

    @Override
    public void drop(Integer item) {
      dropped += item;
    }
  }

  private void run(List<Greedy> sources, int seconds) {
    for (int second = 0; second < seconds; second++) {
      for (int i = 0; i < 1000; i++) {
        sources.forEach(Greedy::offer);
        loop.advance(TICK);
      }
      sources.forEach(each -> each.bySecond.add(each.sent));
    }
  }

  /** What all sent in the ten seconds that begin with {@code second}. */
  private static double window(List<Greedy> sources, int second) {
    return sources.stream()
        .mapToLong(
            each ->
                each.bySecond.get(second + 9) - (second == 0 ? 0 : each.bySecond.get(second - 1)))
        .sum();
  }

  private static double jain(List<Greedy> sources) {
    double sum = sources.stream().mapToDouble(each -> each.sent).sum();
    double squares = sources.stream().mapToDouble(each -> (double) each.sent * each.sent).sum();
    return sum * sum / (sources.size() * squares);
  }

  @Test
  void twentyGetTheSameWhateverTheirFramesAndTogetherTheRate() {
    Random random = new Random(4);
    for (String text : List.of("1mbit", "20mbit", "300mbit")) {
      Rate rate = Rate.parse(text).orElseThrow();
      share.limit(Optional.of(rate));
      List<Greedy> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        all.add(new Greedy(1, Optional.empty(), 200 + random.nextInt(16_000)));
      }
      run(all, 20);
      for (int second = 0; second <= 10; second++) {
        assertThat(window(all, second) / (rate.bytesPerSecond() * 10.0))
            .as("%s, window at %d s", text, second)
            .isCloseTo(1, within(0.03));
      }
      assertThat(jain(all)).as(text).isGreaterThan(0.98);
      all.forEach(each -> each.flow.remove());
      assertThat(all).as("what waited").allMatch(each -> each.dropped > 0);
    }
  }

  @Test
  void weightsAreKeptAndNobodySavesUpWhileQuiet() {
    share.limit(Rate.parse("20mbit"));
    Greedy one = new Greedy(1, Optional.empty(), 1500);
    Greedy three = new Greedy(3, Optional.empty(), 9000);
    run(List.of(three), 10); // One is quiet meanwhile.
    long before = three.sent;
    run(List.of(one, three), 10);
    assertThat((three.sent - before) / (double) one.sent).isCloseTo(3, within(0.1));
  }

  @Test
  void oneBelowItsOwnRateLeavesTheRestToTheOthers() {
    share.limit(Rate.parse("20mbit"));
    Greedy slow = new Greedy(1, Rate.parse("2mbit"), 4000);
    Greedy fast = new Greedy(1, Optional.empty(), 4000);
    run(List.of(slow, fast), 10);
    assertThat(slow.sent).isCloseTo(2_500_000, within(75_000L));
    assertThat(fast.sent).isCloseTo(22_500_000, within(675_000L));
  }

  @Test
  void aRateCountsFromTheMomentItIsChanged() {
    Greedy source = new Greedy(1, Optional.empty(), 4000);
    share.limit(Rate.parse("80mbit"));
    run(List.of(source), 2);
    share.limit(Rate.parse("8mbit"));
    long before = source.sent;
    run(List.of(source), 10);
    assertThat(source.sent - before).isCloseTo(10_000_000, within(300_000L));
    source.flow.limit(Rate.parse("800kbit"));
    before = source.sent;
    run(List.of(source), 10);
    assertThat(source.sent - before).isCloseTo(1_000_000, within(30_000L));
    source.flow.limit(Optional.empty());
    share.limit(Optional.empty());
    assertThat(source.flow.waitingBytes()).isZero();
    assertThat(source.flow.offer(1, 1 << 20, false)).as("no limit").isTrue();
  }

  @Test
  void aQueueIsBoundedAndTheUrgentOvertakes() {
    share.limit(Rate.parse("8kbit"));
    List<Integer> order = new ArrayList<>();
    FairShare<Integer>.Flow flow =
        share.add(
            1,
            Optional.empty(),
            new FairShare.Sink<>() {
              @Override
              public void send(Integer item) {
                order.add(item);
              }

              @Override
              public void drop(Integer item) {
                order.add(-item);
              }
            });
    int accepted = 0;
    while (flow.offer(++accepted, 1000, false)) {
      assertThat(accepted).isLessThan(100);
    }
    assertThat(flow.waitingBytes()).isLessThanOrEqualTo(32 << 10);
    assertThat(flow.offer(777, 50, true)).isTrue();
    loop.advance(Duration.ofSeconds(3));
    assertThat(order).contains(777).doesNotContain(20);
    flow.remove();
    assertThat(order).contains(-20);
    assertThat(flow.offer(5, 5, false)).isFalse();
    assertThat(loop.timers()).isLessThanOrEqualTo(1);
  }

  @Test
  void nothingGoesWhileHeld() {
    Greedy source = new Greedy(1, Optional.empty(), 1000);
    share.hold(true);
    source.offer();
    loop.advance(Duration.ofSeconds(1));
    assertThat(source.sent).isZero();
    share.hold(false);
    assertThat(source.sent).isPositive();
    assertThat(source.flow.waitingBytes()).isZero();
  }

  @Test
  void aSinkMayOfferAndRemove() {
    share.limit(Rate.parse("8mbit"));
    List<FairShare<Integer>.Flow> flows = new ArrayList<>();
    List<Integer> sent = new ArrayList<>();
    FairShare.Sink<Integer> again =
        new FairShare.Sink<>() {
          @Override
          public void send(Integer item) {
            sent.add(item);
            if (item == 0) {
              flows.get(0).remove();
            } else {
              assertThat(flows.get(0).offer(item - 1, 100, false)).isTrue();
            }
          }

          @Override
          public void drop(Integer item) {}
        };
    flows.add(share.add(1, Optional.empty(), again));
    flows.get(0).offer(50, 100, false);
    loop.advance(Duration.ofSeconds(1));
    assertThat(sent).hasSize(51);
  }
}
