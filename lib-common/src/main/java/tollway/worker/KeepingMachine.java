// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tollway.identity.NodeId;
import tollway.worker.Keeping.Alarms;
import tollway.worker.Keeping.Kept;
import tollway.worker.Keeping.Session;
import tollway.worker.Keeping.Stage;
import tollway.worker.KeepingEffect.Act;

/**
 * How a desktop keeps volunteers and a session: how many to ask for and whom not, what to give up
 * when freddie or the session goes, and when to try again. {@code now} is in nanoseconds.
 */
public final class KeepingMachine {
  /** How long a volunteer who did not help is not asked for again. */
  static final Duration SHUNNED = Duration.ofSeconds(60);

  /** Who lies about more volunteers than this is not remembered for all of them. */
  static final int MOST_SHUNNED = 256;

  /** How long freddie may look for a volunteer before we say that it finds none. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  static final Duration FIRST_RETRY = Duration.ofMillis(200);
  static final Duration LONGEST_RETRY = Duration.ofSeconds(15);
  static final Duration GOODBYE = Duration.ofMillis(100);

  private KeepingMachine() {}

  public static Step<Keeping, KeepingEffect> begin(Keeping before) {
    Draft next = new Draft(before);
    if (before.stage() == Stage.NEW) {
      next.stage = Stage.KEEPING;
      next.effects.add(new KeepingEffect.Accompanied(false));
      next.wish();
    }
    return next.step();
  }

  /** freddie knows us: a new conversation. */
  public static Step<Keeping, KeepingEffect> onWelcome(Keeping before) {
    Draft next = new Draft(before);
    if (before.stage() == Stage.KEEPING) {
      next.generation++;
      next.wish();
      next.wake(Alarms.PATIENCE, PATIENCE);
    }
    return next.step();
  }

  /** Half-made connections cannot go on without freddie; the others do not need it. */
  public static Step<Keeping, KeepingEffect> onFreddieLost(Keeping before) {
    Draft next = new Draft(before);
    next.cancel(Alarms.PATIENCE);
    if (before.stage() == Stage.KEEPING) {
      next.endPaths(false, "freddie is gone");
    }
    return next.step();
  }

  /**
   * freddie names a volunteer in this conversation. {@code fits}: the match is one for a desktop
   * with this egress and this wish for hops.
   */
  public static Step<Keeping, KeepingEffect> onMatched(
      Keeping before, KeepingEffect.Connect named, boolean fits) {
    Draft next = new Draft(before);
    MatchId id = named.id();
    if (before.stage() == Stage.LEFT || before.paths().containsKey(id)) {
      return next.step(); // A match that we have has its path.
    }
    if (before.stage() == Stage.KEEPING && fits && before.paths().size() < before.wanted()) {
      next.paths.put(id, new Kept(named.widget(), false));
      next.effects.add(named);
    } else {
      next.effects.add(new KeepingEffect.HangUp(id.match(), "no longer wanted", false));
    }
    return next.step();
  }

  /** The egress has accepted the path. */
  public static Step<Keeping, KeepingEffect> onAttached(Keeping before, MatchId id) {
    Draft next = new Draft(before);
    next.paths.computeIfPresent(id, (same, kept) -> new Kept(kept.widget(), true));
    next.accompany(before);
    return next.step();
  }

  /** freddie or the volunteer says that a match of this conversation is over. */
  public static Step<Keeping, KeepingEffect> onHungUp(Keeping before, long match, String why) {
    Draft next = new Draft(before);
    MatchId id = new MatchId(before.generation(), match);
    Kept kept = before.paths().get(id);
    // A volunteer whom freddie has lost sight of may still be there: the channel knows better.
    if (kept != null && !kept.attached() && before.stage() != Stage.LEFT) {
      next.effects.add(new KeepingEffect.EndPath(id, why));
    }
    return next.step();
  }

  /** {@code failed}: it never carried anything. */
  public static Step<Keeping, KeepingEffect> onPathEnded(
      Keeping before, MatchId id, String why, boolean failed, long now) {
    Draft next = new Draft(before);
    Kept kept = next.paths.remove(id);
    if (kept == null || before.isLeaving()) {
      return next.step();
    }
    next.accompany(before);
    if (id.generation() == before.generation()) {
      next.effects.add(new KeepingEffect.HangUp(id.match(), why, failed));
    }
    if (failed) {
      next.shun(kept.widget(), now);
    }
    next.wish();
    return next.step();
  }

  public static Step<Keeping, KeepingEffect> onSessionReady(Keeping before) {
    Draft next = new Draft(before);
    if (before.session() == Session.OPEN && !before.isLeaving()) {
      next.session = Session.READY;
      next.failures = 0;
    }
    return next.step();
  }

  /** {@code wrongPin}: whoever was reached is not the egress of the invite. */
  public static Step<Keeping, KeepingEffect> onSessionEnded(
      Keeping before, boolean wrongPin, long now) {
    Draft next = new Draft(before);
    if (before.session() == Session.BROKEN) {
      return next.step();
    }
    next.session = Session.BROKEN;
    if (before.isLeaving()) {
      return next.step();
    }
    if (wrongPin) {
      before.paths().values().forEach(kept -> next.shun(kept.widget(), now));
    }
    next.endPaths(true, "the session has ended");
    long pause =
        Math.min(
            FIRST_RETRY.toMillis() << Math.min(before.failures(), 10), LONGEST_RETRY.toMillis());
    next.failures++;
    next.wake(Alarms.REOPEN, Duration.ofMillis(pause));
    return next.step();
  }

  public static Step<Keeping, KeepingEffect> onAlarm(
      Keeping before, Alarms alarm, int number, long now) {
    Draft next = new Draft(before);
    if (!next.alarms.remove(alarm, number)) {
      return next.step(); // Late: it was cancelled, or set anew.
    }
    switch (alarm) {
      case PATIENCE -> {
        if (!before.isReady() && before.paths().isEmpty()) {
          next.effects.add(Act.NOBODY_IS_FREE);
        }
      }
      case PARDON -> next.pardon(now);
      case REOPEN -> {
        next.session = Session.OPEN;
        next.effects.add(Act.OPEN_SESSION);
        next.wish();
      }
      case GOODBYE -> {
        next.stage = Stage.LEFT;
        next.endPaths(true, "the desktop is leaving");
        next.effects.add(Act.LEFT);
      }
    }
    return next.step();
  }

  /** Says goodbye, and then ends everything. */
  public static Step<Keeping, KeepingEffect> leave(Keeping before) {
    Draft next = new Draft(before);
    if (!before.isLeaving()) {
      next.stage = Stage.LEAVING;
      List.copyOf(next.alarms.keySet()).forEach(next::cancel);
      next.effects.add(Act.CLOSE_SESSION);
      next.wake(Alarms.GOODBYE, GOODBYE);
    }
    return next.step();
  }

  /** A state in the making. */
  private static final class Draft {
    private final Keeping before;
    private final List<KeepingEffect> effects = new ArrayList<>();
    private final Map<MatchId, Kept> paths;
    private final Map<NodeId, Long> shunned;
    private final Map<Alarms, Integer> alarms = new EnumMap<>(Alarms.class);
    private Stage stage;
    private Session session;
    private int generation;
    private int failures;
    private int numbered;

    Draft(Keeping before) {
      this.before = before;
      paths = new LinkedHashMap<>(before.paths());
      shunned = new LinkedHashMap<>(before.shunned());
      alarms.putAll(before.alarms());
      stage = before.stage();
      session = before.session();
      generation = before.generation();
      failures = before.failures();
      numbered = before.numbered();
    }

    Step<Keeping, KeepingEffect> step() {
      return new Step<>(next(), effects);
    }

    private Keeping next() {
      return new Keeping(
          stage, before.wanted(), generation, paths, shunned, session, failures, alarms, numbered);
    }

    private void wish() {
      if (stage == Stage.KEEPING && before.wanted() > 0) {
        int missing = Math.max(0, before.wanted() - paths.size());
        effects.add(new KeepingEffect.Wish(missing, next().excluded()));
      }
    }

    private void wake(Alarms alarm, Duration after) {
      cancel(alarm);
      numbered++;
      alarms.put(alarm, numbered);
      effects.add(new KeepingEffect.Wake(alarm, numbered, after));
    }

    private void cancel(Alarms alarm) {
      if (alarms.remove(alarm) != null) {
        effects.add(new KeepingEffect.CancelWake(alarm));
      }
    }

    private void endPaths(boolean attachedToo, String why) {
      paths.forEach(
          (id, kept) -> {
            if (attachedToo || !kept.attached()) {
              effects.add(new KeepingEffect.EndPath(id, why));
            }
          });
    }

    private void accompany(Keeping than) {
      boolean now = next().isAccompanied();
      if (stage == Stage.KEEPING && now != than.isAccompanied()) {
        effects.add(new KeepingEffect.Accompanied(now));
      }
    }

    private void shun(NodeId widget, long now) {
      shunned.remove(widget);
      shunned.put(widget, now + SHUNNED.toNanos());
      if (shunned.size() > MOST_SHUNNED) {
        shunned.remove(shunned.keySet().iterator().next());
      }
      if (!alarms.containsKey(Alarms.PARDON)) {
        wake(Alarms.PARDON, SHUNNED);
      }
    }

    private void pardon(long now) {
      if (shunned.values().removeIf(until -> until - now <= 0)) {
        wish();
      }
      shunned.values().stream()
          .findFirst()
          .ifPresent(until -> wake(Alarms.PARDON, Duration.ofNanos(until - now)));
    }
  }
}
