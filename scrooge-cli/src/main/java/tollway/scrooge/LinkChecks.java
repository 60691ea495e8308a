// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tollway.console.Check;
import tollway.link.LinkInterfaces;

/** Whether neighbours can be heard on the links. {@code daemon}: one of ours is running here. */
record LinkChecks(List<String> wanted, boolean daemon) {
  private static final List<Integer> PORTS = List.of(8481, 8482);

  List<Check> all() throws IOException {
    List<Check> checks = new ArrayList<>();
    Path addresses = Path.of("/proc/self/net/if_inet6");
    checks.add(
        Files.exists(addresses) && !Files.readString(addresses).isEmpty()
            ? Check.ok("IPv6", "there")
            : Check.fail(
                "IPv6", "no interface has an address", "ip link set lo up, or enable IPv6"));
    for (String name : wanted) {
      checks.addAll(named(name));
    }
    if (wanted.isEmpty()) {
      checks.add(candidates());
    }
    PORTS.forEach(port -> checks.add(port(port)));
    return checks;
  }

  private static List<Check> named(String name) throws IOException {
    List<Check> checks = new ArrayList<>();
    for (String each : LinkInterfaces.names()) {
      if (matches(name, each)) {
        checks.add(link(each));
      }
    }
    if (checks.isEmpty()) {
      checks.add(
          name.contains("*")
              ? Check.warn("link " + name, "no interface has such a name yet", "plug it in")
              : Check.fail(
                  "link " + name,
                  "no such interface",
                  "one of " + String.join(", ", LinkInterfaces.names())));
    }
    return checks;
  }

  private static boolean matches(String pattern, String name) {
    String[] parts = pattern.split("\\*", -1);
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      regex.append(i == 0 ? "" : ".*").append(java.util.regex.Pattern.quote(parts[i]));
    }
    return name.matches(regex.toString());
  }

  private static Check link(String name) throws SocketException {
    String label = "link " + name;
    NetworkInterface found = NetworkInterface.getByName(name);
    if (found == null || !found.isUp()) {
      return Check.fail(label, "down", "ip link set " + name + " up");
    }
    if (!found.supportsMulticast()) {
      return Check.fail(label, "no multicast", "ip link set " + name + " multicast on");
    }
    if (!hasLinkLocal(found)) {
      return Check.fail(
          label,
          "no link-local IPv6 address",
          "ip link set "
              + name
              + " addrgenmode eui64, and sysctl net.ipv6.conf."
              + name
              + ".disable_ipv6=0");
    }
    return Check.ok(label, "up, multicast, link-local address");
  }

  private static boolean hasLinkLocal(NetworkInterface on) {
    return Collections.list(on.getInetAddresses()).stream()
        .anyMatch(each -> each instanceof Inet6Address six && six.isLinkLocalAddress());
  }

  private static Check candidates() throws IOException {
    List<String> fit = new ArrayList<>();
    for (String each : LinkInterfaces.names()) {
      NetworkInterface found = NetworkInterface.getByName(each);
      if (found != null
          && found.isUp()
          && !found.isLoopback()
          && found.supportsMulticast()
          && hasLinkLocal(found)) {
        fit.add(each);
      }
    }
    return fit.isEmpty()
        ? Check.warn("links", "no interface has a link-local address", "name one: -i IF tells why")
        : Check.ok("links", "fit for -i: " + String.join(", ", fit));
  }

  private Check port(int port) {
    String name = "UDP port " + port;
    try (DatagramSocket free = new DatagramSocket(port)) {
      return free.isBound() ? Check.ok(name, "free") : Check.ok(name, "there");
    } catch (SocketException taken) {
      return daemon
          ? Check.ok(name, "the daemon's")
          : Check.fail(name, "another program has it", "ss -ulpn 'sport = :" + port + "'");
    }
  }
}
