// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.Random;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * A machine's alarm clock: says at its time the number it was set with, by which the machine knows
 * whether it still wants to be woken. On the loop.
 */
public final class Alarm {
  private final EventLoop loop;
  private final IntConsumer ring;
  private final Random chance = new Random();
  private @Nullable Timer timer;

  public Alarm(EventLoop loop, IntConsumer ring) {
    this.loop = loop;
    this.ring = ring;
  }

  /** Instead of what it was set to before. */
  public void set(int number, Duration after) {
    cancel();
    timer = loop.schedule(after, () -> ring.accept(number));
  }

  /** The same, some time between these two. */
  public void set(int number, Duration least, Duration most) {
    long spread = most.minus(least).toNanos();
    set(number, least.plusNanos(chance.nextLong(spread + 1)));
  }

  public void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
