// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.util.List;
import java.util.Optional;

/** What nobody has to look for servers in (IANA's special-purpose registry, RFC 6890). */
public final class SpecialPurpose {
  /** {@code never}: also not in a lab. */
  private record Space(Ipv4Block block, String what, boolean never) {}

  private static final List<Space> SPACES =
      List.of(
          never("0.0.0.0/8", "this network"),
          lab("10.0.0.0/8", "private"),
          lab("100.64.0.0/10", "shared by carriers"),
          lab("127.0.0.0/8", "loopback"),
          lab("168.63.129.16/32", "a cloud's internal service"),
          lab("169.254.0.0/16", "link-local, with the metadata services of clouds"),
          lab("172.16.0.0/12", "private"),
          lab("192.0.0.0/24", "protocol assignments"),
          lab("192.0.2.0/24", "documentation"),
          lab("192.88.99.0/24", "6to4 relays"),
          lab("192.168.0.0/16", "private"),
          lab("198.18.0.0/15", "benchmarks"),
          lab("198.51.100.0/24", "documentation"),
          lab("203.0.113.0/24", "documentation"),
          never("224.0.0.0/4", "multicast"),
          never("240.0.0.0/4", "reserved, and broadcast"));

  private SpecialPurpose() {}

  private static Space lab(String block, String what) {
    return new Space(Ipv4Block.of(block), what, false);
  }

  private static Space never(String block, String what) {
    return new Space(Ipv4Block.of(block), what, true);
  }

  /** Why {@code range} must not be probed; {@code allowPrivate}: in a lab. */
  public static Optional<String> objection(Ipv4Block range, boolean allowPrivate) {
    return SPACES.stream()
        .filter(space -> space.block().overlaps(range) && (space.never() || !allowPrivate))
        .findFirst()
        .map(
            space ->
                "%s is special-purpose space (%s: %s)%s"
                    .formatted(
                        range,
                        space.block(),
                        space.what(),
                        space.never() ? "" : "; in a lab of your own --allow-private"));
  }
}
