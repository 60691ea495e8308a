// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.loop.ManualEventLoop;

final class StunTransactionTest {
  private final ManualEventLoop loop = new ManualEventLoop();
  private final long start = loop.nanoTime();
  private final List<Long> sentAt = new ArrayList<>();
  private final List<Long> timedOutAt = new ArrayList<>();

  private StunTransaction begin() {
    return StunTransaction.start(
        loop,
        Duration.ofMillis(500),
        7,
        () -> sentAt.add(millis()),
        () -> timedOutAt.add(millis()));
  }

  @Test
  void repeatsAtTheTimesOfRfc8489() {
    begin();
    loop.advance(Duration.ofMinutes(2));

    assertThat(sentAt).containsExactly(0L, 500L, 1500L, 3500L, 7500L, 15500L, 31500L);
    assertThat(timedOutAt).containsExactly(63500L);
    assertThat(loop.timers()).isZero();
  }

  @Test
  void isSilentOnceFinished() {
    StunTransaction transaction = begin();
    loop.advance(Duration.ofMillis(600));
    transaction.finish();
    transaction.finish();
    loop.advance(Duration.ofMinutes(2));

    assertThat(sentAt).containsExactly(0L, 500L);
    assertThat(timedOutAt).isEmpty();
    assertThat(loop.timers()).isZero();
  }

  @Test
  void mayBeFinishedByItsOwnSend() {
    StunTransaction[] transaction = new StunTransaction[1];
    transaction[0] =
        StunTransaction.start(
            loop,
            Duration.ofMillis(500),
            7,
            () -> {
              sentAt.add(millis());
              if (sentAt.size() == 2) {
                transaction[0].finish();
              }
            },
            () -> timedOutAt.add(millis()));
    loop.advance(Duration.ofMinutes(2));

    assertThat(sentAt).hasSize(2);
    assertThat(timedOutAt).isEmpty();
    assertThat(loop.timers()).isZero();
  }

  private long millis() {
    return (loop.nanoTime() - start) / 1_000_000;
  }
}
