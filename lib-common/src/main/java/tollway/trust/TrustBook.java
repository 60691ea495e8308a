// SPDX-License-Identifier: Apache-2.0
package tollway.trust;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;

/**
 * Everything the operator has said, by command, option and file, and the policy that follows. What
 * a command said stands until a command takes it back.
 */
public final class TrustBook {
  private final TrustMode mode;
  private final Map<String, List<TrustRule>> lists = new LinkedHashMap<>();
  private final Map<NodeId, TrustRule> said = new LinkedHashMap<>();

  public TrustBook(TrustMode mode) {
    this.mode = mode;
  }

  /** What an option or file holds now; {@code name} is what people call it. */
  public void list(String name, List<TrustRule> rules) {
    lists.put(name, List.copyOf(rules));
  }

  /** A command said so; it takes the place of what commands said of this key before. */
  public void say(TrustRule rule) {
    said.put(rule.node(), rule);
  }

  public void takeBack(NodeId node) {
    said.remove(node);
  }

  /** What commands said of {@code node}. */
  public Optional<TrustRule> said(NodeId node) {
    return Optional.ofNullable(said.get(node));
  }

  /** The option or file that says {@code standing} of {@code node}. */
  public Optional<String> listing(NodeId node, Standing standing) {
    return lists.entrySet().stream()
        .filter(
            list ->
                list.getValue().stream()
                    .anyMatch(rule -> rule.node().equals(node) && rule.standing() == standing))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** What follows for {@code node}, and who says so: {@code command}, or the name of a list. */
  public Optional<Judgement> judgement(NodeId node) {
    @Nullable TrustRule rule = policy().rules().get(node);
    if (rule == null) {
      return Optional.empty();
    }
    String by =
        rule.equals(said.get(node)) ? "command" : listing(node, rule.standing()).orElse("command");
    return Optional.of(new Judgement(rule, by));
  }

  /** A rule and who said it. */
  public record Judgement(TrustRule rule, String by) {}

  public TrustPolicy policy() {
    List<TrustRule> all = new ArrayList<>(said.values()); // The first prevail.
    lists.values().forEach(all::addAll);
    return TrustPolicy.of(mode, all);
  }

  /** Every key that anything was said of. */
  public Stream<NodeId> nodes() {
    return Stream.concat(
            said.keySet().stream(),
            lists.values().stream().flatMap(List::stream).map(TrustRule::node))
        .distinct();
  }
}
