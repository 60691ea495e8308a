// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;
import tollway.wire.SigningRule;

/** By which rules a signature may have been made. */
final class AcceptSigning {
  @Option(
      names = "--accept-signing",
      paramLabel = "RULE",
      split = ",",
      description = "Accept concat or concat-fields as well (unsafe: see 'msg sign --help').")
  private List<String> labels = new ArrayList<>();

  /** Those that are named and those that are always accepted. */
  Set<SigningRule> rules() {
    Set<SigningRule> rules = EnumSet.copyOf(SigningRule.DEFAULT);
    labels.forEach(label -> rules.add(SigningRules.parse("--accept-signing", label)));
    return rules;
  }
}
