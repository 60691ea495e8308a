// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.exec.Host;
import tollway.exec.HostCommand;

/** The interface side of tunnels: addresses, size, state, and who they belong to. */
final class TunnelDevices {
  private static final Logger log = LoggerFactory.getLogger(TunnelDevices.class);

  /** All of this network namespace, whatever is mounted at /sys. */
  private static final Path INTERFACES = Path.of("/proc/self/net/dev");

  private static final Path SETTINGS = Path.of("/proc/sys/net");

  private final Host host;

  TunnelDevices(Host host) {
    this.host = host;
  }

  /** An interface as the kernel shows it. */
  record Found(
      String name, String kind, String alias, int mtu, boolean up, Set<InetAddress> addresses) {
    Found {
      addresses = Set.copyOf(addresses);
    }

    boolean fits(TunnelDevice device) {
      return up
          && mtu == device.mtu()
          && alias.equals(device.alias())
          && addresses.containsAll(device.addresses());
    }
  }

  /** Whether it may be what is left of a tunnel that was half made: bare, and of such a kind. */
  private static boolean isBare(Found found) {
    return found.alias().isEmpty()
        && !found.up()
        && found.addresses().isEmpty()
        && (found.kind().equals("tun") || found.kind().equals("wireguard"));
  }

  /** Whether an interface has that name which is not ours, as {@code aliasPrefix} marks them. */
  boolean isForeign(String name, String aliasPrefix) throws IOException {
    if (!Files.readString(INTERFACES).contains(name + ":")) {
      return false;
    }
    for (Found each : list()) {
      if (each.name().equals(name)) {
        return !each.alias().startsWith(aliasPrefix) && !isBare(each);
      }
    }
    return false;
  }

  /** Brings {@code device} up as described; run again, it repairs. */
  void setUp(TunnelDevice device) throws IOException {
    host.run(List.of("ip", "-batch", "-"), batch(device));
    forward(device.name());
  }

  /** One process for all settings of an interface. */
  static String batch(TunnelDevice device) {
    StringBuilder text = new StringBuilder();
    // The only link-local address is ours: neighbours can compute it from our node id.
    text.append(
        "link set dev %s mtu %d addrgenmode none alias %s\n"
            .formatted(device.name(), device.mtu(), device.alias()));
    for (InetAddress address : device.addresses()) {
      boolean six = address instanceof Inet6Address;
      int prefix = address.isLinkLocalAddress() ? 64 : six ? 128 : 32;
      // There is nobody on a tunnel to detect a duplicate with.
      text.append(
          "address replace %s/%d dev %s%s\n"
              .formatted(address.getHostAddress(), prefix, device.name(), six ? " nodad" : ""));
    }
    return text.append("link set dev %s up\n".formatted(device.name())).toString();
  }

  /** Every interface of this namespace; without an alias it is empty. */
  List<Found> list() throws IOException {
    String json = host.run(List.of("ip", "-json", "-details", "address", "show"));
    try {
      List<Found> found = new ArrayList<>();
      for (JsonElement element : JsonParser.parseString(json).getAsJsonArray()) {
        found.add(read(element.getAsJsonObject()));
      }
      return found;
    } catch (JsonParseException | IllegalStateException unexpected) {
      throw new IOException("cannot read what 'ip address show' printed", unexpected);
    }
  }

  /** Harmless when there is no such interface. */
  void delete(String name) throws IOException {
    HostCommand.Result result = host.attempt(List.of("ip", "link", "delete", "dev", name), "");
    if (result.exitCode() != 0 && !result.stderr().contains("Cannot find device")) {
      throw new IOException("cannot delete " + name + ": " + result.stderr().strip());
    }
  }

  private static Found read(JsonObject link) throws IOException {
    Set<InetAddress> addresses = new HashSet<>();
    for (JsonElement element : link.getAsJsonArray("addr_info")) {
      // A literal: nothing is looked up.
      addresses.add(InetAddress.getByName(element.getAsJsonObject().get("local").getAsString()));
    }
    JsonArray flags = link.getAsJsonArray("flags");
    return new Found(
        link.get("ifname").getAsString(),
        kind(link),
        link.has("ifalias") ? link.get("ifalias").getAsString() : "",
        link.get("mtu").getAsInt(),
        flags.contains(new JsonPrimitive("UP")),
        addresses);
  }

  private static String kind(JsonObject link) {
    JsonElement info = link.get("linkinfo");
    return info != null && info.isJsonObject() && info.getAsJsonObject().has("info_kind")
        ? info.getAsJsonObject().get("info_kind").getAsString()
        : "";
  }

  /** Lets the kernel forward what comes in here; the firewall's drop policy is loaded before. */
  private void forward(String name) {
    set(SETTINGS.resolve("ipv4/conf").resolve(name).resolve("forwarding"));
    // Linux 6.17 and later; before, there is one switch for all interfaces only.
    set(SETTINGS.resolve("ipv6/conf").resolve(name).resolve("force_forwarding"));
  }

  private void set(Path setting) {
    try {
      if (host.read(setting).filter(value -> !value.equals("1")).isPresent()) {
        host.set(setting, "1");
      }
    } catch (IOException readOnly) {
      // A tunnel that ends here still works, as in a container without these settings.
      log.warn("cannot switch forwarding on: {}", readOnly.getMessage());
    }
  }
}
