// SPDX-License-Identifier: Apache-2.0
package tollway.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An Internet in namespaces: one router, and on two sides of it a host behind each kind of NAT.
 * Linux keeps the port where it can, and so one mapping for all destinations; what may come in is
 * told by sets that what goes out fills. Closing removes all of it.
 */
public final class NatLab implements AutoCloseable {
  /** An address of the router itself, for whoever serves everybody. */
  public static final String SERVER = "192.0.2.1";

  /** RFC 4787 has the words: how a gateway maps, and whom it lets in. */
  public enum Nat {
    /** A public address. */
    NONE,
    /** One mapping for all; everybody is let in. */
    FULL_CONE,
    /** One mapping for all; hosts that were sent something are let in. */
    RESTRICTED,
    /** One mapping for all; ports of hosts that were sent something are let in. */
    PORT_RESTRICTED,
    /** A mapping by chance for each destination, which alone is let in. */
    SYMMETRIC,
    /** No UDP at all. */
    UDP_BLOCKED;

    /** Whether two hosts behind these can ever exchange UDP directly. */
    public boolean canMeet(Nat other) {
      boolean hard = this == SYMMETRIC && (other == SYMMETRIC || other == PORT_RESTRICTED);
      boolean hardForOther = this == PORT_RESTRICTED && other == SYMMETRIC;
      return this != UDP_BLOCKED && other != UDP_BLOCKED && !hard && !hardForOther;
    }

    /** As people and JSON name it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String rules(String host) {
      String through =
          switch (this) {
            case NONE -> throw new IllegalStateException("no gateway");
            case FULL_CONE -> "add rule ip n through meta l4proto udp update @open { udp sport };";
            case RESTRICTED ->
                "add rule ip n through meta l4proto udp update @open { ip daddr . udp sport };";
            case PORT_RESTRICTED, SYMMETRIC -> "";
            case UDP_BLOCKED -> "add rule ip n through meta l4proto udp drop;";
          };
      String in =
          switch (this) {
            case FULL_CONE -> "iifname outside udp dport @open dnat to " + host;
            case RESTRICTED -> "iifname outside ip saddr . udp dport @open dnat to " + host;
            default -> "";
          };
      String key = this == FULL_CONE ? "inet_service" : "ipv4_addr . inet_service";
      return "add table ip n;"
          + (in.isEmpty()
              ? ""
              : " add set ip n open { type "
                  + key
                  + "; size 65535; flags dynamic,timeout; timeout 60s; };"
                  + " add chain ip n pre { type nat hook prerouting priority -100; };"
                  + " add rule ip n pre "
                  + in
                  + ";")
          + " add chain ip n post { type nat hook postrouting priority 100; };"
          + " add rule ip n post oifname outside masquerade"
          + (this == SYMMETRIC ? " fully-random" : "")
          + ";"
          // Without a drop the kernel would remember knocks from outside, and map around them.
          + " add chain ip n here { type filter hook input priority 0; policy drop; };"
          + " add chain ip n through { type filter hook forward priority 0; policy drop; };"
          + " add chain ip n out;"
          + through.replace("n through", "n out")
          + " add rule ip n out accept;"
          + " add rule ip n through iifname inside jump out;"
          + " add rule ip n through ct state established,related accept;"
          + " add rule ip n through ct status dnat accept";
    }
  }

  private final List<Netns> made = new ArrayList<>();
  private final Map<Netns, Netns> gateways = new HashMap<>();
  private final Netns internet;
  private int hosts;

  private NatLab() throws IOException {
    internet = namespace();
  }

  /** Needs what {@link Netns#require} of ip and nft says. */
  public static NatLab open() throws IOException {
    NatLab lab = new NatLab();
    try {
      lab.internet.run("ip", "address", "add", SERVER + "/32", "dev", "lo");
      lab.internet.sysctl("net.ipv4.ip_forward", "1");
      // Nobody on the Internet knows the way to private addresses.
      lab.internet.run("ip", "route", "add", "blackhole", "10.0.0.0/8");
      return lab;
    } catch (IOException half) {
      lab.close();
      throw half;
    }
  }

  public Netns internet() {
    return internet;
  }

  /** One more host, which nobody shares its gateway with. */
  public Netns host(Nat nat) throws IOException {
    int number = ++hosts;
    String outside = "198.51." + number + ".1";
    Netns edge = namespace();
    edge.cable("outside", internet, "to-" + number);
    internet.run("ip", "address", "add", "198.51." + number + ".254/24", "dev", "to-" + number);
    edge.run("ip", "address", "add", outside + "/24", "dev", "outside");
    edge.run("ip", "route", "add", "default", "via", "198.51." + number + ".254");
    if (nat == Nat.NONE) {
      return edge;
    }
    String prefix = "10.0." + number;
    Netns host = namespace();
    edge.cable("inside", host, "home");
    edge.run("ip", "address", "add", prefix + ".1/24", "dev", "inside");
    host.run("ip", "address", "add", prefix + ".2/24", "dev", "home");
    host.run("ip", "route", "add", "default", "via", prefix + ".1");
    edge.sysctl("net.ipv4.ip_forward", "1");
    edge.run("nft", nat.rules(prefix + ".2"));
    gateways.put(host, edge);
    return host;
  }

  /** The NAT that {@code host} is behind. */
  public Netns gateway(Netns host) {
    Netns gateway = gateways.get(host);
    if (gateway == null) {
      throw new IllegalArgumentException("behind no NAT");
    }
    return gateway;
  }

  /** One more namespace that nothing leads to yet. */
  public Netns bare() throws IOException {
    return namespace();
  }

  private Netns namespace() throws IOException {
    Netns fresh = Netns.create();
    made.add(fresh);
    return fresh;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (Netns each : made) {
      try {
        each.close();
      } catch (IOException stuck) {
        failure = stuck;
      }
    }
    made.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
