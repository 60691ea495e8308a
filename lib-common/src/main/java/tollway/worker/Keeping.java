// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tollway.identity.NodeId;

/**
 * What a desktop has of volunteers and of its session, and whom it waits for.
 *
 * @param wanted how many volunteers at once; 0 for a desktop that goes without
 * @param generation counts conversations with freddie, who forgets matches when one ends
 * @param paths until their end was told
 * @param shunned whom not to ask for again until when, in nanoseconds; those who come back sooner
 *     first
 * @param failures of the session, since it was ready last
 * @param alarms that are set, and the numbers they were set with
 * @param numbered alarms so far
 */
public record Keeping(
    Stage stage,
    int wanted,
    int generation,
    Map<MatchId, Kept> paths,
    Map<NodeId, Long> shunned,
    Session session,
    int failures,
    Map<Alarms, Integer> alarms,
    int numbered) {
  /**
   * Of the desktop.
   *
   * <pre>
   * NEW ──begin──▶ KEEPING ──leave──▶ LEAVING ──the goodbye was said──▶ LEFT
   *  └──────────────leave──────────────▲
   * </pre>
   */
  public enum Stage {
    NEW,
    KEEPING,
    LEAVING,
    LEFT
  }

  /**
   * Of the session, which is made anew when it ends.
   *
   * <pre>
   * OPEN ──egress answers──▶ READY
   *  ▲ └──────────ended──────┴──▶ BROKEN
   *  └────────────after a pause──────┘
   * </pre>
   */
  public enum Session {
    OPEN,
    READY,
    BROKEN
  }

  /** What is waited for. */
  public enum Alarms {
    /** freddie has looked for long enough to say that it finds nobody. */
    PATIENCE,
    /** Somebody need not be shunned any more. */
    PARDON,
    /** The session may be opened again. */
    REOPEN,
    /** The goodbye takes one flight; then the paths go. */
    GOODBYE
  }

  /** One volunteer. */
  public record Kept(NodeId widget, boolean attached) {}

  public Keeping {
    paths = Collections.unmodifiableMap(new LinkedHashMap<>(paths));
    shunned = Collections.unmodifiableMap(new LinkedHashMap<>(shunned));
    alarms = Map.copyOf(alarms);
  }

  /** At the beginning, with the first session open. */
  public static Keeping of(int wanted) {
    return new Keeping(Stage.NEW, wanted, 0, Map.of(), Map.of(), Session.OPEN, 0, Map.of(), 0);
  }

  public boolean isReady() {
    return session == Session.READY;
  }

  /** Whether the desktop goes, or has gone. */
  public boolean isLeaving() {
    return stage == Stage.LEAVING || stage == Stage.LEFT;
  }

  /** Whether somebody's path carries. */
  public boolean isAccompanied() {
    return paths.values().stream().anyMatch(Kept::attached);
  }

  /** Whom freddie need not name: those we have, and those who did not help. */
  List<NodeId> excluded() {
    Set<NodeId> all = new LinkedHashSet<>(shunned.keySet());
    paths.values().forEach(kept -> all.add(kept.widget()));
    return new ArrayList<>(all);
  }
}
