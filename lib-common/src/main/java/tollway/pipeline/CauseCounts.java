// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How often something came since the start, by its cause, and which came last. Any thread. */
public final class CauseCounts<C extends Enum<C>> {
  /** Its keys do not change. */
  private final Map<C, LongAdder> counts;

  private volatile @Nullable Last<C> last;

  /** The latest. */
  public record Last<C>(C cause, Instant at) {}

  public CauseCounts(Class<C> causes) {
    counts = new EnumMap<>(causes);
    for (C cause : causes.getEnumConstants()) {
      counts.put(cause, new LongAdder());
    }
  }

  public void add(C cause, Instant at) {
    counts.computeIfAbsent(cause, never -> new LongAdder()).increment();
    last = new Last<>(cause, at);
  }

  /** With every cause, also those that never came. */
  public Map<C, Long> all() {
    Map<C, Long> now = new LinkedHashMap<>();
    counts.forEach((cause, count) -> now.put(cause, count.sum()));
    return now;
  }

  public Optional<Last<C>> last() {
    return Optional.ofNullable(last);
  }
}
