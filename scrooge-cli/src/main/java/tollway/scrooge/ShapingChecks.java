// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tollway.console.Check;
import tollway.exec.Host;

/** Whether the kernel can divide an uplink among neighbours. */
record ShapingChecks(Host host, Optional<Sandbox> sandbox) {
  /** Tries one thing after the other, and prints a word for each that works. */
  static final String SCRIPT =
      """
      ip link set lo up
      ip link add name tw-ifb type ifb && ip link set tw-ifb up && echo ifb
      tc qdisc add dev lo clsact && echo clsact
      tc qdisc add dev lo root handle 1: htb default 1 && echo htb
      tc class add dev lo parent 1: classid 1:1 htb rate 1mbit || exit 0
      for leaf in cake fq_codel fq sfq pfifo; do
        tc qdisc replace dev lo parent 1:1 handle 11: $leaf && echo leaf-$leaf
      done
      if tc filter add dev lo egress protocol all pref 1 matchall action mirred egress redirect dev tw-ifb \\
        || tc filter add dev lo egress protocol all pref 2 u32 match u32 0 0 action mirred egress redirect dev tw-ifb
      then echo mirred; fi
      """;

  private static final String REMEDY = "without it there are no shares; everything else works";

  List<Check> all() throws IOException {
    if (!host.has("tc")) {
      return List.of(Check.warn("tc", "missing", "apt-get install iproute2; " + REMEDY));
    }
    if (sandbox.isEmpty()) {
      return List.of(Check.warn("tc", "cannot be tried", "run 'scrooge doctor' as root"));
    }
    Set<String> works =
        sandbox.get().run(SCRIPT, "sh").stdout().lines().collect(Collectors.toSet());
    List<Check> checks = new ArrayList<>();
    checks.add(Check.ok("tc", "there"));
    for (String each : List.of("htb", "ifb", "clsact", "mirred")) {
      checks.add(
          works.contains(each)
              ? Check.ok("tc " + each, "works")
              : Check.warn("tc " + each, "the kernel lacks it", REMEDY));
    }
    checks.add(leaf(works));
    return checks;
  }

  private static Check leaf(Set<String> works) {
    List<String> there =
        List.of("cake", "fq_codel", "fq", "sfq", "pfifo").stream()
            .filter(each -> works.contains("leaf-" + each))
            .toList();
    String list = there.isEmpty() ? "none" : String.join(", ", there);
    return there.contains("fq_codel") || there.contains("cake")
        ? Check.ok("leaf qdiscs", list)
        : Check.warn(
            "leaf qdiscs", list, "with fq_codel (sch_fq_codel) a neighbour's flows share better");
  }
}
