// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How much each neighbour may hand us to forward: a policer in nftables, one for all tunnels of a
 * neighbour. {@code classes} says which tunnel belongs to which neighbour's number.
 */
public record IngressLimits(Rate limit, SortedMap<String, Integer> classes) {
  public static final String TABLE = "table inet tollway_ingress";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,15}");
  private static final int BURST_MILLIS = 25;
  private static final int MIN_BURST = 32 << 10;

  public IngressLimits {
    classes.keySet().forEach(IngressLimits::checkName);
    classes = new TreeMap<>(classes);
  }

  public static IngressLimits of(Rate limit, Map<String, Integer> classes) {
    return new IngressLimits(limit, new TreeMap<>(classes));
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not an interface name: " + name);
    }
  }

  /** The whole table, replacing an earlier one in the same transaction. */
  public String text() {
    return """
        %1$s {}
        delete %1$s
        %1$s {
        %2$s  map limits {
            type ifname : limit%3$s
          }
          chain forward {
            type filter hook forward priority filter - 10; policy accept;
            limit name iifname map @limits counter drop
          }
        }
        """
        .formatted(TABLE, limits(), elements());
  }

  static List<String> load() {
    return List.of("nft", "-f", "-");
  }

  static String removal() {
    return TABLE + " {}\ndelete " + TABLE + "\n";
  }

  private String limits() {
    long burst = Math.max(MIN_BURST, limit.bytesIn(BURST_MILLIS));
    return new TreeSet<>(classes.values())
        .stream()
            .map(
                number ->
                    "  limit n%x { rate over %d bytes/second burst %d bytes }\n"
                        .formatted(number, limit.bytesPerSecond(), burst))
            .collect(Collectors.joining());
  }

  private String elements() {
    return classes.isEmpty()
        ? ""
        : classes.entrySet().stream()
            .map(each -> "\"%s\" : \"n%x\"".formatted(each.getKey(), each.getValue()))
            .collect(Collectors.joining(", ", "\n    elements = { ", " }"));
  }
}
