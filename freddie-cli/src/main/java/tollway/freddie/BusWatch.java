// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the bus is there, told once when that changes; and what came from it in vain. */
final class BusWatch {
  private static final Logger log = LoggerFactory.getLogger(BusWatch.class);

  /** So long a bus may take at the start before we say a word, in nanoseconds. */
  private static final long PATIENCE = 3_000_000_000L;

  /** Why a letter was dropped. */
  enum Drop {
    MALFORMED,
    WRONG_VERSION,

    /** Others say more than we can read. */
    OVERFLOW
  }

  private final Map<Drop, LongAdder> drops = new EnumMap<>(Drop.class);
  private final LongSupplier nanoTime;
  private final long begun;
  private boolean there;
  private boolean joined;
  private boolean told;

  /** {@code nanoTime} is steady. */
  BusWatch(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    begun = nanoTime.getAsLong();
    for (Drop why : Drop.values()) {
      drops.put(why, new LongAdder());
    }
  }

  /** Any thread. */
  void dropped(Drop why) {
    LongAdder counter = drops.get(why);
    if (counter != null) {
      counter.increment();
    }
  }

  /** Looks at what the bus says of itself. On the market's loop, as all that follows. */
  boolean isThere(Optional<String> trouble) {
    there = trouble.isEmpty();
    if (there) {
      if (told) {
        log.info("the bus is there: this freddie serves together with the others");
      }
      told = false;
      joined = true;
    } else if (!told && (joined || nanoTime.getAsLong() - begun >= PATIENCE)) {
      told = true;
      log.warn(
          "the bus is away ({}): this freddie serves its own clients alone until it is back",
          trouble.get());
    }
    return there;
  }

  /** In the Prometheus text format. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            """
            # TYPE freddie_bus_connected gauge
            freddie_bus_connected %d
            # TYPE freddie_bus_dropped_total counter
            """
                .formatted(there ? 1 : 0));
    drops.forEach(
        (why, count) ->
            text.append(
                "freddie_bus_dropped_total{why=\"%s\"} %d\n"
                    .formatted(why.name().toLowerCase(Locale.ROOT), count.sum())));
    return text.toString();
  }
}
