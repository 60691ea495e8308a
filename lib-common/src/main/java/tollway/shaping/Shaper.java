// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/**
 * Makes the kernel divide as planned. Every call blocks: make it on an {@code os} loop. What a
 * killed run left is changed in place, without losing a packet.
 */
public final class Shaper {
  private static final Logger log = LoggerFactory.getLogger(Shaper.class);
  private static final List<String> BATCH = List.of("tc", "-batch", "-");

  private final Host host;
  private final String device;
  private String standing = "";

  /** {@code device} is the name of the IFB, which is ours alone. */
  public Shaper(Host host, String device) {
    this.host = host;
    this.device = device;
  }

  /** Makes {@code plan} true; what is so already is not disturbed. */
  public void apply(ShapingPlan plan) throws IOException {
    standing = "";
    try {
      shape(plan);
    } catch (IOException twisted) {
      // Somebody gave a class another parent, or the device another discipline: begin anew.
      log.warn("building the classes anew: {}", twisted.getMessage());
      remove(plan.tunnels());
      shapeOrLeave(plan);
    }
    redirect(plan);
    standing = fingerprint(plan);
  }

  /** Whether all stands as the last {@link #apply} of {@code plan} left it. */
  public boolean stands(ShapingPlan plan) throws IOException {
    return !standing.isEmpty() && fingerprint(plan).equals(standing);
  }

  /** What passed each class, by its number, since it was made. */
  public Map<Integer, ClassCount> counts() throws IOException {
    return TcJson.counts(host.run(List.of("tc", "-s", "-j", "qdisc", "show", "dev", device)));
  }

  /** Takes all of it away; {@code tunnels} are those that may lead to the IFB. */
  public void remove(Iterable<String> tunnels) throws IOException {
    standing = "";
    if (!host.has("tc") || !exists(device)) {
      return;
    }
    for (String tunnel : tunnels) { // First: what leads to a device that is gone is lost.
      HostCommand.Result result =
          host.attempt(List.of("tc", "qdisc", "del", "dev", tunnel, "clsact"), "");
      if (result.exitCode() != 0 && exists(tunnel)) {
        log.debug("{} led nowhere: {}", tunnel, result.stderr().strip());
      }
    }
    deleteDevice();
  }

  /** Rather unshaped than lost: a device that is half made carries nothing. */
  private void shapeOrLeave(ShapingPlan plan) throws IOException {
    try {
      shape(plan);
    } catch (IOException refused) {
      remove(plan.tunnels());
      throw refused;
    }
  }

  private void shape(ShapingPlan plan) throws IOException {
    if (!exists(device)) {
      host.run(List.of("ip", "link", "add", "dev", device, "type", "ifb"));
    }
    host.run(
        List.of("ip", "-batch", "-"),
        "link set dev %1$s addrgenmode none\nlink set dev %1$s up\n".formatted(device));
    if (!TcJson.hasOurRoot(
        host.run(List.of("tc", "-j", "qdisc", "show", "dev", device)), ShapingPlan.OWN)) {
      host.attempt(List.of("tc", "qdisc", "del", "dev", device, "root"), "");
      host.run(
          List.of(
              "tc", "qdisc", "add", "dev", device, "root", "handle", "1:", "htb", "default", "2"));
    }
    host.run(BATCH, plan.classes());
    StringBuilder stale = new StringBuilder();
    for (int number : TcText.classes(listClasses())) {
      if (number != 1
          && number != ShapingPlan.OWN
          && number != ShapingPlan.FIXED
          && !plan.portions().containsKey(number)) {
        stale.append("class del dev %s classid 1:%x\n".formatted(device, number));
      }
    }
    if (stale.length() > 0) {
      host.run(BATCH, stale.toString());
    }
  }

  private void redirect(ShapingPlan plan) throws IOException {
    if (plan.tunnels().isEmpty() || host.attempt(BATCH, plan.redirects()).exitCode() == 0) {
      return;
    }
    List<String> failed = new ArrayList<>();
    for (String tunnel : plan.tunnels()) { // One that has vanished must not hold up the others.
      HostCommand.Result result = host.attempt(BATCH, plan.redirect(tunnel));
      if (result.exitCode() != 0 && exists(tunnel)) {
        failed.add(tunnel + ": " + result.stderr().strip());
      }
    }
    if (!failed.isEmpty()) {
      throw new IOException("cannot shape " + String.join("; ", failed));
    }
  }

  /** The settings of all we made, without what changes by itself. */
  private String fingerprint(ShapingPlan plan) throws IOException {
    StringBuilder filters = new StringBuilder();
    for (String tunnel : new TreeSet<>(plan.tunnels())) {
      filters.append("filter show dev %s egress\n".formatted(tunnel));
    }
    // -force: a tunnel that has vanished has no filter.
    return host.attempt(List.of("tc", "qdisc", "show", "dev", device), "").stdout()
        + listClasses()
        + (filters.length() == 0
            ? ""
            : host.attempt(List.of("tc", "-force", "-batch", "-"), filters.toString()).stdout());
  }

  private String listClasses() throws IOException {
    return host.attempt(List.of("tc", "-d", "class", "show", "dev", device), "").stdout();
  }

  private boolean exists(String name) throws IOException {
    return host.attempt(List.of("ip", "link", "show", "dev", name), "").exitCode() == 0;
  }

  private void deleteDevice() throws IOException {
    if (exists(device)) {
      host.run(List.of("ip", "link", "delete", "dev", device));
    }
  }

  /** What a host can do for us; found by trying. */
  public record Abilities(Optional<Leaf> leaf, String lacking) {
    static Abilities of(Leaf leaf) {
      return new Abilities(Optional.of(leaf), "");
    }

    static Abilities lacking(String what) {
      return new Abilities(Optional.empty(), what);
    }
  }

  /** Tries, on a device that is gone afterwards, everything a plan needs. */
  public static Abilities probe(Host host) throws IOException {
    if (!host.has("tc")) {
      return Abilities.lacking("'tc' is missing: apt-get install iproute2");
    }
    String trial = "tq" + ProcessHandle.current().pid() % 1_000_000_000;
    HostCommand.Result added =
        host.attempt(List.of("ip", "link", "add", "dev", trial, "type", "ifb"), "");
    if (added.exitCode() != 0) {
      return Abilities.lacking(
          "no IFB device can be made (modprobe ifb): " + added.stderr().strip());
    }
    try {
      return probe(host, trial);
    } finally {
      host.attempt(List.of("ip", "link", "delete", "dev", trial), "");
    }
  }

  private static Abilities probe(Host host, String trial) throws IOException {
    if (!batch(
        host,
        """
        qdisc add dev %1$s root handle 1: htb default 2
        class add dev %1$s parent 1: classid 1:2 htb rate 1mbit quantum 1514
        """
            .formatted(trial))) {
      return Abilities.lacking("this kernel has no HTB (modprobe sch_htb)");
    }
    ShapingPlan nothing = ShapingPlan.empty(trial, Optional.empty(), Rate.MIN, Leaf.BFIFO);
    if (!batch(host, nothing.redirect(trial))) {
      return Abilities.lacking(
          "this kernel cannot redirect (modprobe sch_ingress cls_u32 act_mirred)");
    }
    for (Leaf leaf : Leaf.values()) {
      if (batch(
          host,
          "qdisc add dev %s parent 1:2 handle 2: %s\n"
              .formatted(trial, leaf.settings(Rate.ofMbit(1), Rate.ofMbit(1))))) {
        return Abilities.of(leaf);
      }
    }
    return Abilities.lacking("this kernel has no queue for a class, not even pfifo");
  }

  private static boolean batch(Host host, String text) throws IOException {
    return host.attempt(BATCH, text).exitCode() == 0;
  }
}
