// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.Optional;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.neighbor.NeighborId;

/**
 * What an interface's alias says of its tunnel: {@code tollway:OWN KEY:NEIGHBOUR'S KEY:LINK}. The
 * kernel keeps it as long as the interface, so a restarted daemon knows whose tunnel it finds.
 */
final class TunnelAlias {
  private TunnelAlias() {}

  static String prefix(NodeId self) {
    return "tollway:" + self.base64() + ":";
  }

  static String of(NodeId self, NeighborId neighbor) {
    return prefix(self) + neighbor.node().base64() + ":" + neighbor.link();
  }

  static Optional<NeighborId> parse(NodeId self, String alias) {
    String[] parts = alias.split(":", 4);
    if (parts.length != 4 || !alias.startsWith(prefix(self)) || parts[3].isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new NeighborId(NodeId.parse(parts[2]), parts[3]));
    } catch (MalformedBytesException notOurs) {
      return Optional.empty();
    }
  }
}
