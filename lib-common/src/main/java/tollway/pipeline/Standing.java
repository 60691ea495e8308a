// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.LocalDateTime;
import java.util.Optional;

/** Whether a volunteer helps now, and if not, what keeps it. The first that applies is told. */
public enum Standing {
  OPEN(""),
  PAUSED("paused by its owner"),
  COUNTLESS("what was relayed cannot be written down"),
  QUOTA_DAY("today's quota is used up"),
  QUOTA_MONTH("this month's quota is used up"),
  OFF_HOURS("outside the hours of its schedule"),
  METERED("the connection is metered"),
  DRAINING("draining: nobody new is taken");

  private final String text;

  Standing(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /** Whether those who are here may stay. */
  public boolean keepsPeople() {
    return this == OPEN || this == DRAINING;
  }

  /** What the owner wants of a volunteer now, besides its limits. */
  enum Wish {
    HELP,
    DRAIN,
    PAUSE
  }

  /**
   * What is known besides the limits.
   *
   * @param day bytes relayed today
   * @param month bytes relayed this month
   * @param uncounted whether the count is behind and cannot be kept
   */
  record Circumstances(
      Wish wish, long day, long month, boolean uncounted, boolean metered, LocalDateTime time) {}

  static Standing of(WidgetLimits limits, Circumstances now) {
    if (now.wish() == Wish.PAUSE) {
      return PAUSED;
    }
    if (limits.hasQuota() && now.uncounted()) {
      return COUNTLESS;
    }
    if (isUsed(limits.quotaDay(), now.day())) {
      return QUOTA_DAY;
    }
    if (isUsed(limits.quotaMonth(), now.month())) {
      return QUOTA_MONTH;
    }
    if (limits.hours().isPresent() && !limits.hours().get().contains(now.time())) {
      return OFF_HOURS;
    }
    if (now.metered() && !limits.evenIfMetered()) {
      return METERED;
    }
    return now.wish() == Wish.DRAIN ? DRAINING : OPEN;
  }

  private static boolean isUsed(Optional<Long> quota, long bytes) {
    return quota.isPresent() && bytes >= quota.get();
  }
}
