// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;

/** What a volunteer gives, what it has given, and whether it may give just now. On its loop. */
final class WidgetConduct {
  private final EventLoop loop;
  private final WidgetShares shares;
  private final Consumer<Standing> changed;
  private WidgetLimits limits;
  private Standing standing = Standing.OPEN; // Until it is considered.
  private Standing.Wish wish = Standing.Wish.HELP;
  private @Nullable RelayCount count;
  private boolean metered;
  private boolean closed;

  /** {@code changed} hears of every other standing. */
  WidgetConduct(
      EventLoop loop, WidgetLimits limits, WidgetShares shares, Consumer<Standing> changed) {
    this.loop = loop;
    this.limits = limits;
    this.shares = shares;
    this.changed = changed;
  }

  void start() {
    shares.limit(limits);
    consider();
  }

  /** Counts what is relayed from now on in {@code journal}; before limits with a quota are set. */
  void countIn(RelayJournal journal) {
    LocalDate today = wallClock().toLocalDate();
    RelayCount begun = new RelayCount(journal, this::consider, today);
    count = begun;
    begun.tick(today);
    consider();
  }

  boolean isCounting() {
    return count != null;
  }

  WidgetLimits limits() {
    return limits;
  }

  void limit(WidgetLimits now) {
    if (now.hasQuota() && count == null) {
      throw new IllegalStateException("a quota needs a journal");
    }
    limits = now;
    shares.limit(now);
    consider();
  }

  void wish(Standing.Wish now) {
    wish = now;
    consider();
  }

  void metered(boolean is) {
    metered = is;
    consider();
  }

  Standing standing() {
    return standing;
  }

  boolean isOpen() {
    return standing == Standing.OPEN;
  }

  void tick() {
    if (count != null) {
      count.tick(wallClock().toLocalDate());
    }
    consider();
  }

  void close() {
    closed = true;
    if (count != null) {
      count.close();
    }
  }

  void passedOn(int bytes) {
    RelayCount counted = count;
    if (counted != null) {
      counted.add(bytes);
      if (limits.hasQuota() && (counted.isBehind() || isUsed(counted))) {
        consider();
      }
    }
  }

  WidgetStatus.Traffic traffic(long up, long down) {
    Optional<RelayCount> counted = Optional.ofNullable(count);
    return new WidgetStatus.Traffic(
        up, down, counted.map(RelayCount::day), counted.map(RelayCount::month));
  }

  /** When the schedule next opens or closes. */
  Optional<LocalDateTime> changesAt() {
    LocalDateTime now = wallClock();
    return limits.hours().flatMap(hours -> hours.changeAfter(now));
  }

  /** Tells when what we may do has changed. */
  void consider() {
    if (closed) {
      return;
    }
    RelayCount counted = count;
    shares.hold(limits.hasQuota() && counted != null && counted.isBehind());
    Standing now =
        Standing.of(
            limits,
            new Standing.Circumstances(
                wish,
                counted == null ? 0 : counted.day(),
                counted == null ? 0 : counted.month(),
                counted == null || counted.hasFailed(),
                metered,
                wallClock()));
    if (now != standing) {
      standing = now;
      changed.accept(now);
    }
  }

  private boolean isUsed(RelayCount counted) {
    return counted.day() >= limits.quotaDay().orElse(Long.MAX_VALUE)
        || counted.month() >= limits.quotaMonth().orElse(Long.MAX_VALUE);
  }

  /** The volunteer's: days and hours are theirs. */
  private LocalDateTime wallClock() {
    return LocalDateTime.ofInstant(loop.now(), ZoneId.systemDefault());
  }
}
