// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.Optional;
import tollway.shaping.Rate;
import tollway.signaling.Advert;

/**
 * What a volunteer is willing to give.
 *
 * @param slots how many people at once
 * @param rate what all of them may send together, and receive together
 * @param ratePerPerson the same for each
 * @param quotaDay bytes to relay on one day of the volunteer's calendar, both directions together
 * @param quotaMonth the same for a month
 * @param hours when to help at all; empty for always
 * @param evenIfMetered whether to help over a connection that somebody pays by the byte
 */
public record WidgetLimits(
    int slots,
    Optional<Rate> rate,
    Optional<Rate> ratePerPerson,
    Optional<Long> quotaDay,
    Optional<Long> quotaMonth,
    Optional<WeekHours> hours,
    boolean evenIfMetered) {
  public WidgetLimits {
    if (slots < 1 || slots > Advert.MAX_SLOTS) {
      throw new IllegalArgumentException("slots are 1 to " + Advert.MAX_SLOTS);
    }
  }

  /** So many slots, and nothing else. */
  public static WidgetLimits ofSlots(int slots) {
    return new WidgetLimits(
        slots,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  public boolean hasQuota() {
    return quotaDay.isPresent() || quotaMonth.isPresent();
  }
}
