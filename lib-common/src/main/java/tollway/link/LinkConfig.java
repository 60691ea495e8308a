// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import java.util.List;

/**
 * Where to speak. {@code interfaces} are names, in which {@code *} stands for anything; {@code
 * port} is ours (0 = any free one), {@code groupPort} the one that multicasts go to; datagrams
 * longer than {@code sizeLimit} bytes are dropped unread.
 */
public record LinkConfig(List<String> interfaces, int port, int groupPort, int sizeLimit) {
  public static final int PORT = 8481;

  public LinkConfig {
    interfaces = List.copyOf(interfaces);
    if (interfaces.isEmpty()) {
      throw new IllegalArgumentException("no interface was named");
    }
  }

  /** The well-known port, for a daemon. */
  public static LinkConfig wellKnown(List<String> interfaces, int sizeLimit) {
    return new LinkConfig(interfaces, PORT, PORT, sizeLimit);
  }

  /** Whether the interface {@code name} is one of those asked for. */
  public boolean wants(String name) {
    return !name.equals("lo") && interfaces.stream().anyMatch(pattern -> matches(pattern, name));
  }

  private static boolean matches(String pattern, String name) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return pattern.equals(name);
    }
    if (!name.startsWith(pattern.substring(0, star))) {
      return false;
    }
    String rest = pattern.substring(star + 1);
    for (int from = star; from <= name.length(); from++) {
      if (matches(rest, name.substring(from))) {
        return true;
      }
    }
    return false;
  }
}
