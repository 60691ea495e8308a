// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import tollway.bytes.Bytes;

/**
 * How many connections there are, and how many from one address; IPv6 addresses of one /64 count as
 * one, for whoever has one has all. Addresses that are not of the public Internet are the
 * operator's own web servers, and count only in total. Any thread.
 */
final class PeerCounts {
  private static final int SITE_BYTES = 8;

  private final int most;
  private final int mostOfOne;
  private final Runnable refused;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentMap<Bytes, Integer> perAddress = new ConcurrentHashMap<>();

  /** {@code refused} hears of each that is not counted. */
  PeerCounts(int most, int mostOfOne, Runnable refused) {
    this.most = most;
    this.mostOfOne = mostOfOne;
    this.refused = refused;
  }

  /** Counts one more connection, unless there are too many; only those counted are ended. */
  boolean begin() {
    if (all.incrementAndGet() <= most) {
      return true;
    }
    all.decrementAndGet();
    refused.run();
    return false;
  }

  void end() {
    all.decrementAndGet();
  }

  /** Counts the address of a connection; empty when it has too many, else what ends the count. */
  Optional<Runnable> begin(InetAddress address) {
    byte[] octets = address.getAddress();
    if (!DialPolicy.isGlobal(octets)) {
      return Optional.of(() -> {});
    }
    Bytes site = Bytes.of(octets.length == 4 ? octets : Arrays.copyOf(octets, SITE_BYTES));
    if (perAddress.merge(site, 1, Integer::sum) > mostOfOne) {
      end(site);
      refused.run();
      return Optional.empty();
    }
    return Optional.of(() -> end(site));
  }

  private void end(Bytes site) {
    perAddress.computeIfPresent(site, (same, count) -> count == 1 ? null : count - 1);
  }

  int connections() {
    return all.get();
  }

  int addresses() {
    return perAddress.size();
  }
}
