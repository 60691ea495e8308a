// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How the kernel shall divide what leaves by the tunnels. All of it passes one IFB device, where
 * HTB knows the neighbour a packet came from by the priority that nftables gave it:
 *
 * <pre>
 *   tunnel ─ clsact ─┐                            1:      HTB root
 *   tunnel ─ clsact ─┼─▶ IFB ─▶ HTB ─▶ its tunnel └ 1:fff0 the uplink
 *   tunnel ─ clsact ─┘                              ├ 1:1  the share ─ 1:N, one class per neighbour
 *                                                   └ 1:2  this node's own traffic, served first
 * </pre>
 *
 * {@code portions} are by class number.
 */
public record ShapingPlan(
    String device,
    Optional<Rate> uplink,
    Rate share,
    Leaf leaf,
    SortedMap<Integer, Portion> portions,
    SortedSet<String> tunnels) {
  static final int OWN = 2;
  static final int FIXED = 0xfff0;

  /** When nobody has said how fast the uplink is, it is no bound. */
  private static final Rate UNBOUNDED = Rate.MAX;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,15}");
  private static final int FRAME = 1514;
  private static final int BURST_MILLIS = 5;
  private static final int MAX_BURST = 4 << 20;

  public ShapingPlan {
    checkName(device);
    tunnels.forEach(ShapingPlan::checkName);
    portions = new TreeMap<>(portions);
    tunnels = new TreeSet<>(tunnels);
  }

  private static void checkName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not an interface name: " + name);
    }
  }

  /** A plan like this without neighbours and tunnels. */
  public static ShapingPlan empty(String device, Optional<Rate> uplink, Rate share, Leaf leaf) {
    return new ShapingPlan(device, uplink, share, leaf, new TreeMap<>(), new TreeSet<>());
  }

  public ShapingPlan with(Map<Integer, Portion> neighbors, SortedSet<String> over) {
    return new ShapingPlan(device, uplink, share, leaf, new TreeMap<>(neighbors), over);
  }

  /**
   * The tree of classes, for {@code tc -batch}; run over a standing tree it changes it in place.
   */
  String classes() {
    Rate whole = uplink.orElse(UNBOUNDED);
    // At least a hundredth, so that the own traffic is never shut out by what others borrow.
    Rate own = new Rate(Math.max(Math.max(1, whole.kbit() / 100), whole.kbit() - share.kbit()));
    StringBuilder text = new StringBuilder();
    text.append(htb("1:", FIXED, new Portion(whole, whole, FRAME), 0));
    text.append(htb("1:fff0", 1, new Portion(share, share, FRAME), 1));
    text.append(htb("1:fff0", OWN, new Portion(own, whole, 4 * FRAME), 0));
    text.append(queue(OWN, own, whole));
    portions.forEach(
        (number, portion) ->
            text.append(htb("1:1", number, portion, 1))
                .append(queue(number, portion.rate(), portion.ceil())));
    return text.toString();
  }

  /** What leaves by the tunnels goes to the IFB, for {@code tc -batch}. */
  String redirects() {
    StringBuilder text = new StringBuilder();
    tunnels.forEach(tunnel -> text.append(redirect(tunnel)));
    return text.toString();
  }

  /** Always the same handle: a second run replaces, and adds nothing. */
  String redirect(String tunnel) {
    return """
        qdisc replace dev %1$s clsact
        filter replace dev %1$s egress protocol all prio 1 handle 800::800 \
        u32 match u32 0 0 action mirred egress redirect dev %2$s
        """
        .formatted(tunnel, device);
  }

  private String htb(String parent, int number, Portion portion, int prio) {
    return "class replace dev %s parent %s classid 1:%x htb prio %d rate %dkbit ceil %dkbit"
            .formatted(device, parent, number, prio, portion.rate().kbit(), portion.ceil().kbit())
        + " burst %d cburst %d quantum %d\n"
            .formatted(burst(portion.rate()), burst(portion.ceil()), portion.quantum());
  }

  private String queue(int number, Rate rate, Rate ceil) {
    return "qdisc replace dev %s parent 1:%x handle %x: %s\n"
        .formatted(device, number, number, leaf.settings(rate, ceil));
  }

  private static long burst(Rate rate) {
    return Math.max(2 * FRAME, Math.min(MAX_BURST, rate.bytesIn(BURST_MILLIS)));
  }
}
