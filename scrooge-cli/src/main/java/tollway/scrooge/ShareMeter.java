// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.shaping.ClassCount;
import tollway.shaping.Shaper;

/**
 * What passes each class in a second, from two looks at the kernel's counters. Looks only when
 * asked; who asks every second sees the second since. Owned by the node's loop.
 */
final class ShareMeter {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Somebody who asks each second is not put off by a few milliseconds. */
  private static final long FRESH = Duration.ofMillis(900).toNanos();

  private static final long STALE = Duration.ofSeconds(5).toNanos();

  private final EventLoop loop;
  private final EventLoop os;
  private final Shaper shaper;
  private final Deque<Look> looks = new ArrayDeque<>();

  private record Look(long at, Map<Integer, ClassCount> counts) {}

  /** One class over the interval; {@code drops} and {@code backlogBytes}: in it, and now. */
  record Flow(double kbit, long drops, long backlogBytes, ClassCount total) {
    /** Whether it wants more than it gets. */
    boolean saturated() {
      return drops > 0 || backlogBytes > 0;
    }
  }

  /** All classes over the same interval. */
  record Reading(double seconds, Map<Integer, Flow> flows) {}

  ShareMeter(EventLoop loop, EventLoop os, Shaper shaper) {
    this.loop = loop;
    this.os = os;
    this.shaper = shaper;
  }

  /** {@code done} hears on the loop, at once or after a second; empty when nothing is shaped. */
  void read(Consumer<Optional<Reading>> done) {
    loop.checkInLoop();
    look(
        now ->
            now.ifPresentOrElse(
                latest -> {
                  Optional<Look> before = before(latest.at);
                  if (before.isPresent()) {
                    done.accept(Optional.of(between(before.get(), latest)));
                  } else {
                    loop.schedule(
                        INTERVAL,
                        () -> look(then -> done.accept(then.map(end -> between(latest, end)))));
                  }
                },
                () -> done.accept(Optional.empty())));
  }

  private void look(Consumer<Optional<Look>> done) {
    os.execute(
        () -> {
          Optional<Look> taken = Optional.empty();
          try {
            Map<Integer, ClassCount> counts = shaper.counts();
            taken = Optional.of(new Look(loop.nanoTime(), counts));
          } catch (IOException gone) {
            // Nothing is shaped, or not any more.
          }
          Optional<Look> seen = taken;
          loop.execute(
              () -> {
                seen.ifPresent(this::keep);
                done.accept(seen);
              });
        });
  }

  private void keep(Look look) {
    looks.addLast(look);
    looks.removeIf(old -> look.at - old.at > STALE);
  }

  /** The youngest that is a second old. */
  private Optional<Look> before(long at) {
    Optional<Look> found = Optional.empty();
    for (Look each : looks) {
      if (at - each.at >= FRESH) {
        found = Optional.of(each);
      }
    }
    return found;
  }

  private static Reading between(Look from, Look to) {
    double seconds = (to.at - from.at) / 1e9;
    Map<Integer, Flow> flows = new TreeMap<>();
    to.counts.forEach(
        (number, end) -> {
          @Nullable ClassCount before = from.counts.get(number);
          // A class that was made anew counts from nothing.
          boolean same = before != null && before.bytes() <= end.bytes();
          long bytes = end.bytes() - (same && before != null ? before.bytes() : 0);
          long drops = end.drops() - (same && before != null ? before.drops() : 0);
          flows.put(
              number,
              new Flow(bytes / 125.0 / seconds, Math.max(0, drops), end.backlogBytes(), end));
        });
    return new Reading(seconds, flows);
  }
}
