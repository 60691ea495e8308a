// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.cli.UserErrorException;
import tollway.shaping.Rate;

/** Rates as people write them. */
final class RateOption {
  private RateOption() {}

  /** Empty when {@code option} was not given. */
  static Optional<Rate> parse(String option, @Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    return Optional.of(
        Rate.parse(text)
            .orElseThrow(
                () ->
                    new UserErrorException(
                        option + ": '" + text + "' is not a rate such as 500kbit or 20mbit")));
  }
}
