// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tollway.cli.UserErrorException;
import tollway.wire.SigningRule;

/** Signing rules by the names they have on the command line. */
final class SigningRules {
  private SigningRules() {}

  static SigningRule parse(String option, String label) {
    return SigningRule.ofLabel(label)
        .orElseThrow(
            () -> new UserErrorException(option + ": '" + label + "' is none of " + labels()));
  }

  /** {@code labels} and what is always accepted. */
  static Set<SigningRule> accepted(String option, List<String> labels) {
    Set<SigningRule> rules = EnumSet.copyOf(SigningRule.DEFAULT);
    labels.forEach(label -> rules.add(parse(option, label)));
    return rules;
  }

  private static String labels() {
    return Arrays.stream(SigningRule.values())
        .map(SigningRule::label)
        .collect(Collectors.joining(", "));
  }
}
