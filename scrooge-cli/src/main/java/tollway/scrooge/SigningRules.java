// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.util.Arrays;
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

  private static String labels() {
    return Arrays.stream(SigningRule.values())
        .map(SigningRule::label)
        .collect(Collectors.joining(", "));
  }
}
