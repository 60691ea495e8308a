// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Hours of a week by the wall clock: {@code 22:00-07:00}, {@code mon-fri 18:00-23:30,sat-sun
 * 08:00-24:00}. A span that passes midnight belongs to the day on which it begins.
 */
public final class WeekHours {
  private static final Pattern SPAN =
      Pattern.compile("(?:([a-z]{3})(?:-([a-z]{3}))? +)?(\\d{1,2}):(\\d{2})-(\\d{1,2}):(\\d{2})");
  private static final int MINUTES = 24 * 60;
  private static final int MOST_SPANS = 32;
  private static final int WEEK = 7 * MINUTES;

  /** From minute {@code from} of each of {@code days} to {@code to}, which may be tomorrow's. */
  private record Span(Set<DayOfWeek> days, int from, int to) {
    boolean contains(DayOfWeek day, int minute) {
      boolean overnight = to <= from;
      boolean today = days.contains(day) && minute >= from && (overnight || minute < to);
      return today || (overnight && days.contains(day.minus(1)) && minute < to);
    }
  }

  private final String text;
  private final List<Span> spans;

  private WeekHours(String text, List<Span> spans) {
    this.text = text;
    this.spans = List.copyOf(spans);
  }

  /** Empty when {@code text} is nothing of the kind. */
  public static Optional<WeekHours> parse(String text) {
    List<Span> spans = new ArrayList<>();
    String[] parts = text.toLowerCase(Locale.ROOT).split(",", -1);
    if (parts.length > MOST_SPANS) {
      return Optional.empty();
    }
    for (String part : parts) {
      Matcher form = SPAN.matcher(part.strip());
      if (!form.matches()) {
        return Optional.empty();
      }
      Optional<Set<DayOfWeek>> days = days(form.group(1), form.group(2));
      int from = minute(form.group(3), form.group(4));
      int to = minute(form.group(5), form.group(6));
      if (days.isEmpty() || from < 0 || from == MINUTES || to < 0 || from == to) {
        return Optional.empty();
      }
      spans.add(new Span(days.get(), from, to));
    }
    String normal = List.of(parts).stream().map(String::strip).collect(Collectors.joining(","));
    return Optional.of(new WeekHours(normal, spans));
  }

  public boolean contains(LocalDateTime time) {
    return contains(time.getDayOfWeek(), time.getHour() * 60 + time.getMinute());
  }

  /** When {@link #contains} next gives another answer; empty when it never does. */
  public Optional<LocalDateTime> changeAfter(LocalDateTime time) {
    boolean now = contains(time);
    LocalDateTime minute = time.truncatedTo(ChronoUnit.MINUTES);
    for (int i = 1; i <= WEEK; i++) {
      LocalDateTime then = minute.plusMinutes(i);
      if (contains(then) != now) {
        return Optional.of(then);
      }
    }
    return Optional.empty();
  }

  private boolean contains(DayOfWeek day, int minute) {
    return spans.stream().anyMatch(span -> span.contains(day, minute));
  }

  private static Optional<Set<DayOfWeek>> days(@Nullable String first, @Nullable String last) {
    if (first == null) {
      return Optional.of(EnumSet.allOf(DayOfWeek.class));
    }
    Optional<DayOfWeek> from = day(first);
    Optional<DayOfWeek> to = last == null ? from : day(last);
    if (from.isEmpty() || to.isEmpty()) {
      return Optional.empty();
    }
    Set<DayOfWeek> days = EnumSet.of(from.get());
    for (DayOfWeek day = from.get(); day != to.get(); day = day.plus(1)) {
      days.add(day.plus(1));
    }
    return Optional.of(days);
  }

  private static Optional<DayOfWeek> day(String name) {
    return List.of(DayOfWeek.values()).stream()
        .filter(day -> day.name().toLowerCase(Locale.ROOT).startsWith(name))
        .findFirst();
  }

  /** Of a day; -1 when there is no such time. */
  private static int minute(String hour, String minute) {
    int of = Integer.parseInt(hour) * 60 + Integer.parseInt(minute);
    return Integer.parseInt(minute) > 59 || of > MINUTES ? -1 : of;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeekHours hours && hours.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
