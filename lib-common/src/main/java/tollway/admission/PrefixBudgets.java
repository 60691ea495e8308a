// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import tollway.bounded.BoundedMaps;
import tollway.bytes.Bytes;

/**
 * How often strangers may come from one part of the network: an IPv4 /24, an IPv6 /64, and the /48
 * around it, of which one stranger may have all. Who cheated stays away for a while. Remembers so
 * many parts, those longest unheard of are forgotten; but nobody's debt is, because many others
 * come.
 */
public final class PrefixBudgets {
  /** As WireGuard's handshakes. */
  private static final double PER_SECOND = 20;

  private static final double BURST = 5;

  /** A site has more than one network. */
  private static final int SITE = 4;

  private static final int PREFIXES = 16_384;
  private static final int DEBTORS = 4_096;
  private static final long DEBT_NANOS = 60_000_000_000L;

  private record Prefix(int length, long bits) {}

  private final LongSupplier nanoTime;
  private final Map<Prefix, TokenBucket> buckets = BoundedMaps.leastRecent(PREFIXES);

  /** When each began to owe. */
  private final Map<Prefix, Long> debts = BoundedMaps.leastRecent(DEBTORS);

  public PrefixBudgets(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether one more may come from {@code address}, of 4 or 16 bytes. */
  public boolean take(Bytes address) {
    long now = nanoTime.getAsLong();
    List<Prefix> around = around(address);
    for (Prefix prefix : around) {
      Long since = debts.get(prefix);
      if (since != null && now - since < DEBT_NANOS) {
        return false;
      }
      debts.remove(prefix);
    }
    boolean enough = true;
    for (Prefix prefix : around) {
      enough &= bucket(prefix, now).has(now);
    }
    if (enough) {
      around.forEach(prefix -> bucket(prefix, now).spend(1));
    }
    return enough;
  }

  /** Nobody comes from the network around {@code address} for the next 60 s. */
  public void punish(Bytes address) {
    debts.put(around(address).get(0), nanoTime.getAsLong());
  }

  int size() {
    return buckets.size();
  }

  private TokenBucket bucket(Prefix prefix, long now) {
    int times = prefix.length() == 48 ? SITE : 1;
    return buckets.computeIfAbsent(
        prefix, fresh -> new TokenBucket(times * PER_SECOND, times * BURST, now));
  }

  /** The narrowest first. */
  private static List<Prefix> around(Bytes address) {
    return address.size() == 4
        ? List.of(prefix(address, 24))
        : List.of(prefix(address, 64), prefix(address, 48));
  }

  private static Prefix prefix(Bytes address, int length) {
    long bits = 0;
    for (int i = 0; i < length / 8; i++) {
      bits = bits << 8 | address.at(i);
    }
    return new Prefix(length, bits);
  }
}
