// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

/**
 * What the kernel says about interfaces. Read from {@code /proc/self/net}: it is always that of our
 * own network namespace, which {@code /sys/class/net} is not, it shows addresses that are still
 * tentative, and {@code NetworkInterface} does not know interfaces without an address.
 */
public final class LinkInterfaces {
  private static final Path ADDRESSES = Path.of("/proc/self/net/if_inet6");
  private static final Path DEVICES = Path.of("/proc/self/net/dev");
  private static final int SCOPE_LINK = 0x20;

  /** IFA_F_DADFAILED and IFA_F_TENTATIVE of linux/if_addr.h: nothing can be sent from it. */
  private static final int UNUSABLE = 0x08 | 0x40;

  private LinkInterfaces() {}

  /** Every interface with a usable link-local address, in the order of their names. */
  public static List<LinkInterface> usable() throws IOException {
    try {
      return parseAddresses(Files.readString(ADDRESSES, StandardCharsets.US_ASCII));
    } catch (NoSuchFileException noIpv6) {
      return List.of();
    }
  }

  /** Every interface there is, whether it can be used or not. */
  public static List<String> names() throws IOException {
    return parseDevices(Files.readString(DEVICES, StandardCharsets.UTF_8));
  }

  /** Lines of address, index, prefix length, scope and flags, all in hex, and a name. */
  static List<LinkInterface> parseAddresses(String file) {
    TreeMap<String, LinkInterface> usable = new TreeMap<>();
    file.lines()
        .flatMap(line -> parseAddress(line).stream())
        .forEach(each -> usable.putIfAbsent(each.name(), each));
    return List.copyOf(usable.values());
  }

  private static Optional<LinkInterface> parseAddress(String line) {
    String[] columns = line.strip().split("\\s+");
    if (columns.length != 6) {
      return Optional.empty();
    }
    try {
      int index = Integer.parseInt(columns[1], 16);
      int scope = Integer.parseInt(columns[3], 16);
      int flags = Integer.parseInt(columns[4], 16);
      boolean usable = scope == SCOPE_LINK && (flags & UNUSABLE) == 0;
      return usable
          ? Optional.of(new LinkInterface(columns[5], index, Bytes.ofHex(columns[0])))
          : Optional.empty();
    } catch (NumberFormatException | MalformedBytesException notAnAddressLine) {
      return Optional.empty();
    }
  }

  /** Two lines of headings, then a name and a colon at the start of each line. */
  static List<String> parseDevices(String file) {
    List<String> names = new ArrayList<>();
    file.lines()
        .skip(2)
        .map(line -> line.substring(0, Math.max(0, line.lastIndexOf(':'))).strip())
        .filter(name -> !name.isEmpty())
        .sorted()
        .forEach(names::add);
    return List.copyOf(names);
  }
}
