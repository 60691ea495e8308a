// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tollway.cli.ByteText;
import tollway.cli.UserErrorException;
import tollway.pipeline.WeekHours;
import tollway.pipeline.WidgetLimits;
import tollway.shaping.Rate;
import tollway.signaling.Advert;

/** Limits of a volunteer as words, by the names of their options without the dashes. */
final class LimitText {
  static final String SLOTS = "slots";
  static final String RATE = "rate";
  static final String RATE_PER_PERSON = "rate-per-person";
  static final String QUOTA_DAY = "quota-day";
  static final String QUOTA_MONTH = "quota-month";
  static final String SCHEDULE = "schedule";
  static final String METERED = "metered";

  private static final String NONE = "none";
  private static final int LONGEST = 200;

  private LimitText() {}

  /** {@code before} with {@code changes}; {@code none} takes a limit away. */
  static WidgetLimits apply(WidgetLimits before, Map<String, String> changes) {
    WidgetLimits now = before;
    for (Map.Entry<String, String> change : changes.entrySet()) {
      now = apply(now, change.getKey(), change.getValue());
    }
    return now;
  }

  private static WidgetLimits apply(WidgetLimits now, String name, String text) {
    String option = "--" + name;
    if (text.length() > LONGEST) {
      throw new UserErrorException(option + ": give at most " + LONGEST + " characters");
    }
    int slots = now.slots();
    Optional<Rate> rate = now.rate();
    Optional<Rate> ratePerPerson = now.ratePerPerson();
    Optional<Long> quotaDay = now.quotaDay();
    Optional<Long> quotaMonth = now.quotaMonth();
    Optional<WeekHours> hours = now.hours();
    boolean evenIfMetered = now.evenIfMetered();
    switch (name) {
      case SLOTS -> slots = slots(option, text);
      case RATE -> rate = unlessNone(text, each -> rate(option, each));
      case RATE_PER_PERSON -> ratePerPerson = unlessNone(text, each -> rate(option, each));
      case QUOTA_DAY -> quotaDay = unlessNone(text, each -> ByteText.parse(option, each));
      case QUOTA_MONTH -> quotaMonth = unlessNone(text, each -> ByteText.parse(option, each));
      case SCHEDULE -> hours = unlessNone(text, each -> hours(option, each));
      case METERED -> evenIfMetered = evenIfMetered(option, text);
      default -> throw new UserErrorException("there is no limit '" + name + "'");
    }
    return new WidgetLimits(slots, rate, ratePerPerson, quotaDay, quotaMonth, hours, evenIfMetered);
  }

  /** What is in force; a limit that is not there is left out. */
  static JsonObject json(WidgetLimits limits) {
    JsonObject json = new JsonObject();
    json.addProperty("slots", limits.slots());
    limits.rate().ifPresent(rate -> json.addProperty("rate", rate.toString()));
    limits.ratePerPerson().ifPresent(rate -> json.addProperty("ratePerPerson", rate.toString()));
    limits.quotaDay().ifPresent(bytes -> json.addProperty("quotaDayBytes", bytes));
    limits.quotaMonth().ifPresent(bytes -> json.addProperty("quotaMonthBytes", bytes));
    limits.hours().ifPresent(hours -> json.addProperty("schedule", hours.toString()));
    json.addProperty("metered", limits.evenIfMetered() ? "ignore" : "pause");
    return json;
  }

  private static <T> Optional<T> unlessNone(String text, Function<String, T> parse) {
    return text.equals(NONE) ? Optional.empty() : Optional.of(parse.apply(text));
  }

  private static int slots(String option, String text) {
    int slots = text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    if (slots < 1 || slots > Advert.MAX_SLOTS) {
      throw new UserErrorException(option + ": give a number from 1 to " + Advert.MAX_SLOTS);
    }
    return slots;
  }

  private static Rate rate(String option, String text) {
    return Rate.parse(text)
        .orElseThrow(
            () ->
                new UserErrorException(
                    option + ": '" + text + "' is not a rate such as 20mbit, 500kbit or none"));
  }

  private static WeekHours hours(String option, String text) {
    return WeekHours.parse(text)
        .orElseThrow(
            () ->
                new UserErrorException(
                    option
                        + ": '"
                        + text
                        + "' is not like '22:00-07:00' or 'mon-fri 18:00-23:00,sun 08:00-24:00'"));
  }

  private static boolean evenIfMetered(String option, String text) {
    if (!text.equals("pause") && !text.equals("ignore")) {
      throw new UserErrorException(option + ": say pause or ignore, not '" + text + "'");
    }
    return text.equals("ignore");
  }
}
