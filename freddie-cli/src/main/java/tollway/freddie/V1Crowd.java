// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections Unbounded clients have, and how many from one site: an IPv4 address, or the
 * IPv6 addresses of one /64. Addresses that are not public are the operator's own front, which
 * speaks for many. Any thread.
 */
final class V1Crowd {
  private static final int SITE_BYTES = 8;

  private final int mostOfOne;
  private final AtomicInteger all = new AtomicInteger();
  private final Map<String, Integer> bySite = new ConcurrentHashMap<>();

  V1Crowd(int mostOfOne) {
    this.mostOfOne = mostOfOne;
  }

  /** Counts a connection; whether its site may have it. */
  boolean begin(InetAddress address) {
    all.incrementAndGet();
    return bySite.merge(site(address), 1, Integer::sum) <= mostOfOne || Origin.isFront(address);
  }

  /** One that was counted has ended. */
  void end(InetAddress address) {
    all.decrementAndGet();
    bySite.computeIfPresent(site(address), (site, count) -> count == 1 ? null : count - 1);
  }

  int connections() {
    return all.get();
  }

  static String site(InetAddress address) {
    byte[] octets = address.getAddress();
    return HexFormat.of()
        .formatHex(octets.length == 4 ? octets : Arrays.copyOf(octets, SITE_BYTES));
  }
}
