// SPDX-License-Identifier: Apache-2.0
package tollway.trust;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tollway.identity.NodeId;

/** All that is to be known of whom to trust: a mode, and at most one rule for each key. */
public record TrustPolicy(TrustMode mode, Map<NodeId, TrustRule> rules) {
  public static final TrustPolicy OPEN = new TrustPolicy(TrustMode.OPEN, Map.of());

  public TrustPolicy {
    rules = Map.copyOf(rules);
  }

  /** Of several rules for one key the one with the higher standing prevails, then the first. */
  public static TrustPolicy of(TrustMode mode, Collection<TrustRule> rules) {
    Map<NodeId, TrustRule> strongest = new HashMap<>();
    for (TrustRule rule : rules) {
      strongest.merge(
          rule.node(),
          rule,
          (one, other) -> one.standing().compareTo(other.standing()) >= 0 ? one : other);
    }
    return new TrustPolicy(mode, strongest);
  }

  public Optional<Standing> standing(NodeId node) {
    return Optional.ofNullable(rules.get(node)).map(TrustRule::standing);
  }

  /** Whether we hear and say anything at all. */
  public boolean speaks() {
    return mode != TrustMode.OFF;
  }

  public boolean blocks(NodeId node) {
    TrustRule rule = rules.get(node);
    return rule != null && rule.standing() == Standing.BLOCKED;
  }

  /** Whether {@code node} may have a tunnel on {@code link}. */
  public boolean welcomes(NodeId node, String link) {
    TrustRule rule = rules.get(node);
    if (mode == TrustMode.OFF) {
      return false;
    }
    return rule == null
        ? mode == TrustMode.OPEN
        : rule.standing() != Standing.BLOCKED && rule.isFor(link);
  }

  /** Whether {@code node} is never put out for another. */
  public boolean keeps(NodeId node, String link) {
    TrustRule rule = rules.get(node);
    return rule != null && rule.standing() == Standing.PINNED && welcomes(node, link);
  }
}
