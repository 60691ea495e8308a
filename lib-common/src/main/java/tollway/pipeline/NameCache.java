// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tollway.bounded.BoundedMaps;

/**
 * What name servers said, for as long as they allow, and no more of it than there is room for: who
 * asks for ever new names pushes out the names that were not asked for longest. Any thread; the
 * lock is held for a look-up only.
 */
final class NameCache implements DnsCache {
  /** A page that opens twenty connections asks once, whatever the record says. In seconds. */
  static final long LEAST_TTL = 1;

  /** Hosts move. In seconds. */
  static final long LONGEST_TTL = 300;

  /** How long a name that does not exist is believed not to (RFC 2308 §5 allows hours). */
  static final long NEGATIVE_TTL = 10;

  static final int MOST_NAMES = 8192;

  /** Of one name; more are not remembered. */
  private static final int MOST_ADDRESSES = 16;

  private static final long NANOS = 1_000_000_000L;

  private final LongSupplier nanoTime;
  private final Map<String, Known> names = BoundedMaps.leastRecent(MOST_NAMES);

  NameCache(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Known(List<Entry> entries, long until) {}

  private record Entry(@Nullable InetAddress address, @Nullable Throwable cause)
      implements DnsCacheEntry {}

  @Override
  public synchronized List<? extends DnsCacheEntry> get(String name, DnsRecord[] additionals) {
    Known known = names.get(key(name));
    if (known == null) {
      return List.of();
    }
    if (known.until() - nanoTime.getAsLong() <= 0) {
      names.remove(key(name));
      return List.of();
    }
    return known.entries();
  }

  @Override
  public synchronized DnsCacheEntry cache(
      String name, DnsRecord[] additionals, InetAddress address, long ttl, EventLoop loop) {
    Entry fresh = new Entry(address, null);
    long now = nanoTime.getAsLong();
    long until = now + Math.max(LEAST_TTL, Math.min(LONGEST_TTL, ttl)) * NANOS;
    Known before = names.get(key(name));
    if (before == null || before.until() - now <= 0 || before.entries().get(0).cause() != null) {
      names.put(key(name), new Known(List.of(fresh), until));
    } else if (!before.entries().contains(fresh) && before.entries().size() < MOST_ADDRESSES) {
      List<Entry> all = new ArrayList<>(before.entries());
      all.add(fresh);
      // They go together: none is believed for longer than it allows.
      long soonest = before.until() - until < 0 ? before.until() : until;
      names.put(key(name), new Known(List.copyOf(all), soonest));
    }
    return fresh;
  }

  @Override
  public synchronized DnsCacheEntry cache(
      String name, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
    Entry fresh = new Entry(null, cause);
    long until = nanoTime.getAsLong() + NEGATIVE_TTL * NANOS;
    names.put(key(name), new Known(List.of(fresh), until));
    return fresh;
  }

  @Override
  public synchronized void clear() {
    names.clear();
  }

  @Override
  public synchronized boolean clear(String name) {
    return names.remove(key(name)) != null;
  }

  synchronized int size() {
    return names.size();
  }

  private static String key(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
