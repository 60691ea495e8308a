// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tollway.trust.Standing;
import tollway.trust.TrustMode;
import tollway.trust.TrustRule;

/** Whom to trust, by the command line: a mode, and keys given there or in files. */
record TrustConfig(TrustMode mode, List<Source> sources) {
  TrustConfig {
    sources = List.copyOf(sources);
  }

  /** Keys of one standing; {@code name} is what people call where they are from. */
  record Source(String name, Standing standing, Optional<Path> file, List<TrustRule> rules) {
    Source {
      rules = List.copyOf(rules);
    }

    static Source of(Path file, Standing standing, List<TrustRule> rules) {
      return new Source(file.toString(), standing, Optional.of(file), rules);
    }

    static Source of(String option, TrustRule rule) {
      return new Source(
          option + " " + rule.place(), rule.standing(), Optional.empty(), List.of(rule));
    }
  }
}
