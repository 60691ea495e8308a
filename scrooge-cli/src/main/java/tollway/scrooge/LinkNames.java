// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.firewall.Ruleset;

/**
 * Which interfaces are links of the mesh, as the policy for bridges can name them: those that the
 * operator named, also before they exist, and those that have been one. Owned by the node's loop.
 */
final class LinkNames {
  private static final Logger log = LoggerFactory.getLogger(LinkNames.class);

  /** More than this come and go faster than anybody plugs them in. */
  private static final int LIMIT = 256;

  private final Set<String> named;
  private final Set<String> seen = new LinkedHashSet<>();

  LinkNames(List<String> patterns) {
    named = patterns.stream().filter(Ruleset::isLinkName).collect(Collectors.toSet());
  }

  /** Whether {@link #names} is another set now. */
  boolean add(String link) {
    if (!Ruleset.isLinkName(link)) {
      log.warn("no rule can name '{}': what a bridge passes on there is not stopped", link);
      return false;
    }
    if (seen.size() >= LIMIT) {
      seen.remove(seen.iterator().next());
    }
    return seen.add(link) && !covers(named, link);
  }

  boolean remove(String link) {
    return seen.remove(link) && !covers(named, link);
  }

  /** None of them stands for another as well. */
  Set<String> names() {
    Set<String> all = new LinkedHashSet<>(named);
    all.addAll(seen);
    return all.stream()
        .filter(name -> all.stream().noneMatch(other -> !other.equals(name) && covers(other, name)))
        .collect(Collectors.toSet());
  }

  private static boolean covers(Collection<String> patterns, String name) {
    return patterns.stream().anyMatch(pattern -> covers(pattern, name));
  }

  private static boolean covers(String pattern, String name) {
    return pattern.equals(name)
        || (pattern.endsWith("*") && name.startsWith(pattern.substring(0, pattern.length() - 1)));
  }
}
