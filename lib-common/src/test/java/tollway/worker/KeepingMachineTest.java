// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.worker.Keeping.Alarms;
import tollway.worker.Keeping.Session;
import tollway.worker.Keeping.Stage;
import tollway.worker.KeepingEffect.Accompanied;
import tollway.worker.KeepingEffect.Act;
import tollway.worker.KeepingEffect.Connect;
import tollway.worker.KeepingEffect.EndPath;
import tollway.worker.KeepingEffect.HangUp;
import tollway.worker.KeepingEffect.Wake;
import tollway.worker.KeepingEffect.Wish;

/** How a desktop keeps its volunteers. */
final class KeepingMachineTest {
  private static final NodeId ALICE = volunteer(1);
  private static final NodeId BOB = volunteer(2);
  private static final long SECOND = 1_000_000_000L;

  @Test
  void asksForThoseWhoAreMissingAndNotForThoseWhoAreHere() {
    Keeping begun = KeepingMachine.begin(Keeping.of(2)).next();
    Keeping known = KeepingMachine.onWelcome(begun).next();
    Step<Keeping, KeepingEffect> met = matched(known, 5, ALICE, true);
    assertThat(met.effects()).containsExactly(new Connect(new MatchId(1, 5), ALICE, 0));
    assertThat(KeepingMachine.onWelcome(met.next()).effects())
        .contains(new Wish(1, List.of(ALICE)));
    Keeping full = matched(met.next(), 6, BOB, true).next();
    assertThat(matched(full, 7, volunteer(3), true).effects())
        .containsExactly(new HangUp(7, "no longer wanted", false));
  }

  @Test
  void whoDidNotHelpIsShunnedForAMinute() {
    Keeping met = withAlice();
    MatchId match = new MatchId(1, 5);
    Step<Keeping, KeepingEffect> failed =
        KeepingMachine.onPathEnded(met, match, "no channel", true, 0);
    assertThat(failed.effects())
        .containsExactly(
            new HangUp(5, "no channel", true),
            new Wake(Alarms.PARDON, 2, KeepingMachine.SHUNNED),
            new Wish(2, List.of(ALICE)));
    assertThat(KeepingMachine.onAlarm(failed.next(), Alarms.PARDON, 2, 59 * SECOND).effects())
        .as("early")
        .containsExactly(new Wake(Alarms.PARDON, 3, Duration.ofSeconds(1)));
    assertThat(KeepingMachine.onAlarm(failed.next(), Alarms.PARDON, 2, 60 * SECOND).effects())
        .containsExactly(new Wish(2, List.of()));
  }

  @Test
  void whoHelpedAndLeftIsWelcomeAgain() {
    MatchId match = new MatchId(1, 5);
    Keeping attached = KeepingMachine.onAttached(withAlice(), match).next();
    assertThat(KeepingMachine.onHungUp(attached, 5, "lost sight").effects()).isEmpty();
    assertThat(KeepingMachine.onPathEnded(attached, match, "left", false, 0).effects())
        .containsExactly(
            new Accompanied(false), new HangUp(5, "left", false), new Wish(2, List.of()));
  }

  @Test
  void aMatchOfAnEarlierConversationIsNotHungUp() {
    Keeping again = KeepingMachine.onWelcome(withAlice()).next();
    assertThat(KeepingMachine.onHungUp(again, 5, "somebody else's").effects()).isEmpty();
    assertThat(KeepingMachine.onPathEnded(again, new MatchId(1, 5), "left", true, 0).effects())
        .doesNotHaveAnyElementsOfTypes(HangUp.class);
  }

  @Test
  void theSessionIsOpenedAgainAfterLongerAndLongerPauses() {
    Keeping state = KeepingMachine.begin(Keeping.of(2)).next();
    for (long millis : List.of(200, 400, 800, 1600, 3200, 6400, 12800, 15000, 15000)) {
      Step<Keeping, KeepingEffect> ended = KeepingMachine.onSessionEnded(state, false, 0);
      int number = ended.next().numbered();
      assertThat(ended.effects())
          .containsExactly(new Wake(Alarms.REOPEN, number, Duration.ofMillis(millis)));
      Step<Keeping, KeepingEffect> open =
          KeepingMachine.onAlarm(ended.next(), Alarms.REOPEN, number, 0);
      assertThat(open.effects()).startsWith(Act.OPEN_SESSION);
      state = open.next();
    }
    assertThat(KeepingMachine.onSessionReady(state).next().failures()).isZero();
  }

  @Test
  void aWrongPinShunsEveryoneWhoLedThere() {
    Step<Keeping, KeepingEffect> ended = KeepingMachine.onSessionEnded(withAlice(), true, 0);
    assertThat(ended.next().shunned()).containsOnlyKeys(ALICE);
    assertThat(ended.effects()).contains(new EndPath(new MatchId(1, 5), "the session has ended"));
  }

  @Test
  void liesAboutManyVolunteersAreNotAllRemembered() {
    Keeping state = KeepingMachine.onWelcome(KeepingMachine.begin(Keeping.of(2)).next()).next();
    for (int lie = 0; lie < 2 * KeepingMachine.MOST_SHUNNED; lie++) {
      state = matched(state, lie, volunteer(lie), true).next();
      state = KeepingMachine.onPathEnded(state, new MatchId(1, lie), "lie", true, lie).next();
    }
    assertThat(state.shunned()).hasSize(KeepingMachine.MOST_SHUNNED);
    assertThat(state.alarms()).containsOnlyKeys(Alarms.PATIENCE, Alarms.PARDON);
  }

  @Test
  void anythingAtAnyTimeEndsOnceAndLeavesNothing() {
    World.play(3000, 60, Owner::new);
  }

  private static Keeping withAlice() {
    Keeping known = KeepingMachine.onWelcome(KeepingMachine.begin(Keeping.of(2)).next()).next();
    return matched(known, 5, ALICE, true).next();
  }

  private static Step<Keeping, KeepingEffect> matched(
      Keeping before, long match, NodeId widget, boolean fits) {
    MatchId id = new MatchId(before.generation(), match);
    return KeepingMachine.onMatched(before, new Connect(id, widget, 0), fits);
  }

  private static NodeId volunteer(int number) {
    byte[] seed = new byte[32];
    seed[0] = (byte) number;
    seed[1] = (byte) (number >> 8);
    return Identity.ofSeed(Bytes.of(seed)).nodeId();
  }

  /** A desktop with its session, and people who come and go. */
  private static final class Owner extends World<Keeping, KeepingEffect> {
    private static final int WANTED = 3;
    private static final List<NodeId> ALL =
        List.of(ALICE, BOB, volunteer(3), volunteer(4), volunteer(5));

    private static final List<Alarms> ALARMS = List.of(Alarms.values());

    private final Map<MatchId, NodeId> open = new HashMap<>();
    private final Map<Alarms, Integer> alarms = new EnumMap<>(Alarms.class);
    private long now = -100 * SECOND; // Nanoseconds may be below zero, and cross it.
    private boolean sessionOpen = true;
    private boolean accompanied = true; // It is told first that it is not.
    private int missing;

    Owner() {
      super(Keeping.of(WANTED));
    }

    @Override
    void carryOut(KeepingEffect effect) {
      if (effect instanceof Wake wake) {
        rule(alarms.put(wake.alarm(), wake.number()) == null, "two alarms for one thing");
      } else if (effect instanceof KeepingEffect.CancelWake cancel) {
        rule(alarms.remove(cancel.alarm()) != null, "cancelled twice");
      } else if (effect instanceof Wish wish) {
        missing = wish.missing();
        rule(
            missing != WANTED - open.size() || wish.exclude().containsAll(open.values()),
            "asks for those who are here");
        rule(new HashSet<>(wish.exclude()).size() == wish.exclude().size(), "named twice");
      } else if (effect instanceof Connect connect) {
        rule(open.put(connect.id(), connect.widget()) == null, "two paths for one match");
        rule(open.size() <= WANTED, "more than wanted");
        missing--; // freddie has done that much of what was wished.
      } else if (effect instanceof EndPath end) {
        pathEnds(end.id(), end.why(), true);
      } else if (effect instanceof Accompanied told) {
        rule(accompanied != told.now(), "told what was known");
        accompanied = told.now();
      } else if (effect instanceof Act act) {
        act(act);
      }
    }

    private void act(Act act) {
      switch (act) {
        case OPEN_SESSION -> {
          rule(!sessionOpen, "two sessions");
          sessionOpen = true;
        }
        case CLOSE_SESSION -> sessionOpen = false;
        case NOBODY_IS_FREE -> rule(open.isEmpty(), "somebody is free");
        case LEFT -> {
          rule(open.isEmpty() && alarms.isEmpty() && !sessionOpen, "something is left");
          itIsOver();
        }
      }
    }

    private void pathEnds(MatchId id, String why, boolean failed) {
      open.remove(id);
      event("path ended " + id, was -> KeepingMachine.onPathEnded(was, id, why, failed, now));
    }

    private void ring(Alarms alarm, int number) {
      event(alarm + " rings", was -> KeepingMachine.onAlarm(was, alarm, number, now));
    }

    @Override
    void happen(Random chance) {
      now += (long) (chance.nextDouble() * 20 * SECOND);
      long match = chance.nextInt(6);
      Keeping state = worker.state();
      MatchId id = new MatchId(state.generation() - chance.nextInt(2), match);
      switch (chance.nextInt(16)) {
        case 0 -> event("begin", KeepingMachine::begin);
        case 1, 2 -> event("welcome", KeepingMachine::onWelcome);
        case 3 -> event("freddie lost", KeepingMachine::onFreddieLost);
        case 4, 5, 6, 7 -> {
          NodeId widget = ALL.get(chance.nextInt(ALL.size()));
          boolean fits = chance.nextInt(5) > 0;
          event("matched " + match, was -> matched(was, match, widget, fits));
        }
        case 8, 9 -> {
          if (open.containsKey(id)) {
            event("attached " + id, was -> KeepingMachine.onAttached(was, id));
          }
        }
        case 10 -> event("hung up", was -> KeepingMachine.onHungUp(was, match, "hung up"));
        case 11 -> pathEnds(id, "ends", chance.nextBoolean());
        case 12 -> event("session ready", KeepingMachine::onSessionReady);
        case 13 -> {
          sessionOpen = false;
          boolean wrong = chance.nextInt(3) == 0;
          event("session ended", was -> KeepingMachine.onSessionEnded(was, wrong, now));
        }
        case 14 -> {
          List<Alarms> set = new ArrayList<>(alarms.keySet());
          if (!set.isEmpty()) {
            Alarms rings = set.get(chance.nextInt(set.size()));
            Integer number = alarms.remove(rings);
            if (number != null) {
              ring(rings, number);
            }
          }
        }
        default -> {
          Alarms some = ALARMS.get(chance.nextInt(ALARMS.size()));
          int late = state.numbered() - chance.nextInt(5);
          ring(some, Integer.valueOf(late).equals(alarms.get(some)) ? -1 : late);
          if (chance.nextInt(8) == 0) {
            event("leave", KeepingMachine::leave);
          }
        }
      }
    }

    @Override
    void rules() {
      Keeping state = worker.state();
      rule(state.paths().keySet().equals(open.keySet()), "a path is lost");
      rule(state.alarms().equals(alarms), "the alarms are not what the machine thinks");
      boolean keeps = state.stage() == Stage.KEEPING;
      rule(!keeps || missing == WANTED - open.size(), "asks for others than are missing");
      rule(
          !keeps || state.session() != Session.BROKEN || alarms.containsKey(Alarms.REOPEN),
          "a broken session is left broken");
      rule(
          !keeps || state.shunned().isEmpty() || alarms.containsKey(Alarms.PARDON),
          "somebody is shunned for ever");
    }

    @Override
    void end() {
      event("leave", KeepingMachine::leave);
      Integer goodbye = alarms.remove(Alarms.GOODBYE);
      if (goodbye != null) {
        ring(Alarms.GOODBYE, goodbye);
      }
    }
  }
}
