// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/** When to say hello on one link: at once, soon again, then every period ± 20 %. */
final class HelloSchedule {
  private static final List<Duration> FAST_START =
      List.of(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(1));

  private final EventLoop loop;
  private final Duration period;
  private final RandomGenerator random;
  private final Runnable hello;
  private @Nullable Timer timer;
  private int said;

  HelloSchedule(EventLoop loop, Duration period, RandomGenerator random, Runnable hello) {
    this.loop = loop;
    this.period = period;
    this.random = random;
    this.hello = hello;
  }

  void start() {
    stop();
    said = 0;
    sayAndWait();
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void sayAndWait() {
    hello.run();
    Duration wait = said < FAST_START.size() ? FAST_START.get(said) : jittered();
    said++;
    timer = loop.schedule(wait, this::sayAndWait);
  }

  private Duration jittered() {
    return period.multipliedBy(80 + random.nextInt(41)).dividedBy(100);
  }
}
