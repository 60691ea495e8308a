// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What should stand, as far as it can be told from what stands: whoever asks without a daemon takes
 * the sets as they are, and looks whether all else is as those call for.
 */
final class Reconstruction {
  private static final Passage UNKNOWN = new Passage("unknown", 0);

  private Reconstruction() {}

  static Ruleset of(Listing listing) {
    Map<String, Passage> authed = new HashMap<>();
    Map<String, Integer> classes = classes(listing);
    for (String name : listing.elements(Ruleset.INET + " set authed")) {
      String neighbor =
          listing
              .counter(Ruleset.INET + " counter in_" + name)
              .map(Listing.Counter::comment)
              .orElse("");
      int minor = classes.getOrDefault(name, 0);
      if (Ruleset.isTunnelName(name)) { // Else it is a deviation that it is there.
        authed.put(name, Passage.isKey(neighbor) ? new Passage(neighbor, minor) : UNKNOWN);
      }
    }
    Set<String> links = new HashSet<>(listing.elements(Ruleset.BRIDGE + " set links"));
    links.removeIf(name -> !Ruleset.isLinkName(name));
    return new Ruleset(authed, links, mode(listing), true);
  }

  private static Map<String, Integer> classes(Listing listing) {
    Map<String, Integer> found = new HashMap<>();
    for (String element : listing.elements(Ruleset.INET + " map classes")) {
      String[] parts = element.split(" : 1:", 2);
      try {
        found.put(parts[0], Integer.parseInt(parts[parts.length - 1], 16) & 0xffff);
      } catch (NumberFormatException strange) {
        found.put(parts[0], 0);
      }
    }
    return found;
  }

  private static ReversePath mode(Listing listing) {
    return listing.rules(Ruleset.INET + " chain forward").stream()
        .filter(rule -> rule.contains(Ruleset.MODE))
        .flatMap(
            rule ->
                Arrays.stream(ReversePath.values())
                    .filter(mode -> rule.endsWith(Ruleset.MODE + mode.label())))
        .findFirst()
        .orElse(ReversePath.STRICT);
  }
}
