// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights of a source, made fit for the kernel: small changes do not count, changes come one a
 * second at most, and who is missing keeps what it had for a while. Owned by one loop.
 */
public final class SteadyWeights {
  /** What changes by less is noise. */
  private static final double HYSTERESIS = 0.05;

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final long grace;
  private final Map<String, Long> missingSince = new LinkedHashMap<>();
  private Map<String, Claim> said = Map.of();
  private Map<String, Claim> inForce = Map.of();
  private long changed;
  private boolean everChanged;

  public SteadyWeights(Duration grace) {
    this.grace = grace.toNanos();
  }

  /** What the source says now; {@code now} is monotonic time in nanoseconds. */
  public void say(Map<String, Claim> claims, long now) {
    said = Map.copyOf(claims);
    missingSince.keySet().removeAll(said.keySet());
    inForce.keySet().stream()
        .filter(key -> !said.containsKey(key))
        .forEach(key -> missingSince.putIfAbsent(key, now));
  }

  /** Whether what is in force has changed; to be asked again and again. */
  public boolean settle(long now) {
    if (everChanged && now - changed < PAUSE.toNanos()) {
      return false;
    }
    Map<String, Claim> next = new LinkedHashMap<>();
    inForce.forEach(
        (key, claim) -> {
          Long since = missingSince.get(key);
          if (since != null && now - since < grace) {
            next.put(key, claim);
          }
        });
    said.forEach(
        (key, claim) -> {
          Claim before = inForce.get(key);
          next.put(key, before != null && isNoise(before, claim) ? before : claim);
        });
    missingSince.keySet().retainAll(next.keySet());
    if (next.equals(inForce)) {
      return false;
    }
    inForce = Map.copyOf(next);
    changed = now;
    everChanged = true;
    return true;
  }

  public Map<String, Claim> inForce() {
    return inForce;
  }

  private static boolean isNoise(Claim before, Claim after) {
    return before.floor().equals(after.floor())
        && before.ceil().equals(after.ceil())
        && after.weight() > 0
        && Math.abs(after.weight() - before.weight()) < HYSTERESIS * before.weight();
  }
}
