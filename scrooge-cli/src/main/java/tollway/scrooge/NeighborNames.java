// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tollway.bytes.MalformedBytesException;
import tollway.cli.ExitCode;
import tollway.control.ControlRefusedException;
import tollway.identity.NodeId;
import tollway.neighbor.Neighbor;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;

/** Whom an operator means by {@code KEY}, the beginning of one, or {@code KEY%INTERFACE}. */
final class NeighborNames {
  /** Of a whole key in Base64. */
  private static final int WHOLE = 44;

  private final Neighborhood neighborhood;

  NeighborNames(Neighborhood neighborhood) {
    this.neighborhood = neighborhood;
  }

  /** A whole key, whosever it is, or the one of the {@code known} keys that begins so. */
  static String key(String beginning, Stream<String> known) throws ControlRefusedException {
    try {
      return NodeId.parse(beginning).base64();
    } catch (MalformedBytesException fault) {
      if (beginning.length() == WHOLE) {
        throw new ControlRefusedException(
            ExitCode.INVALID, "'" + beginning + "': " + fault.getMessage());
      }
      return only(
          beginning, known, "is neither a whole public key nor the beginning of a neighbour's");
    }
  }

  /** One neighbour, on all its links or on the named one; those with closed tunnels as well. */
  List<NeighborId> find(String name) throws ControlRefusedException {
    int percent = name.indexOf('%');
    String link = percent < 0 ? "" : name.substring(percent + 1);
    Set<NeighborId> known = new LinkedHashSet<>();
    neighborhood.snapshot().stream().map(Neighbor::id).forEach(known::add);
    known.addAll(neighborhood.closed().keySet());
    String key =
        only(
            percent < 0 ? name : name.substring(0, percent),
            known.stream().map(id -> id.node().base64()),
            "is not the beginning of a neighbour's key");
    List<NeighborId> found =
        known.stream()
            .filter(id -> id.node().base64().equals(key))
            .filter(id -> link.isEmpty() || id.link().equals(link))
            .toList();
    if (found.isEmpty()) {
      throw refusal("that neighbour is not on '" + link + "'");
    }
    return found;
  }

  private static String only(String beginning, Stream<String> known, String noneSuch)
      throws ControlRefusedException {
    List<String> found =
        known.filter(key -> !beginning.isEmpty() && key.startsWith(beginning)).distinct().toList();
    return switch (found.size()) {
      case 0 ->
          throw refusal("'" + beginning + "' " + noneSuch + ": 'scrooge neighbors' lists them");
      case 1 -> found.get(0);
      default -> throw refusal(found.size() + " keys begin with '" + beginning + "'");
    };
  }

  private static ControlRefusedException refusal(String line) {
    return new ControlRefusedException(ExitCode.FAILED, line);
  }
}
