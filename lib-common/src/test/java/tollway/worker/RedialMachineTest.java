// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tollway.worker.Redial.Stage;
import tollway.worker.RedialEffect.Act;
import tollway.worker.RedialEffect.Dial;
import tollway.worker.RedialEffect.Drop;
import tollway.worker.RedialEffect.Wake;

/** A connection that is kept with one of several addresses. */
final class RedialMachineTest {
  private static final RedialPace PACE =
      new RedialPace(
          Duration.ofMillis(250),
          Duration.ofSeconds(30),
          Optional.of(Duration.ofSeconds(2)),
          Duration.ofSeconds(10));
  private static final long SECOND = 1_000_000_000L;

  @Test
  void theNextIsTriedWhenTheLastTakesLongAndTheFirstToAnswerWins() {
    Step<Redial, RedialEffect> begun = RedialMachine.start(Redial.of(PACE, 3), 0);
    Step<Redial, RedialEffect> later = RedialMachine.onAlarm(begun.next(), 1, 2 * SECOND);
    Step<Redial, RedialEffect> won = RedialMachine.onConnected(later.next(), 2, 3 * SECOND);
    Duration start = Duration.ofSeconds(2);
    assertThat(begun.effects()).containsExactly(new Wake(1, start, start), new Dial(1, 0));
    assertThat(later.effects()).containsExactly(new Wake(2, start, start), new Dial(2, 1));
    assertThat(won.effects()).containsExactly(Act.CANCEL_WAKE, new Drop(1));
  }

  @Test
  void pausesDoubleAndASoundConnectionBeginsAgainAtOnce() {
    Redial state = RedialMachine.start(Redial.of(PACE, 1), 0).next();
    for (long millis : List.of(500, 1000, 2000, 4000, 8000, 16000, 30000, 30000)) {
      Step<Redial, RedialEffect> failed = RedialMachine.onEnded(state, state.attempts(), 0);
      assertThat(failed.effects())
          .containsExactly(
              new Wake(
                  failed.next().alarm(), Duration.ofMillis(millis / 2), Duration.ofMillis(millis)));
      state = RedialMachine.onAlarm(failed.next(), failed.next().alarm(), 0).next();
    }
    Redial connected = RedialMachine.onConnected(state, state.attempts(), 0).next();
    assertThat(RedialMachine.onEnded(connected, state.attempts(), 9 * SECOND).next().failures())
        .isEqualTo(9);
    assertThat(RedialMachine.onEnded(connected, state.attempts(), 10 * SECOND).next().failures())
        .isZero();
  }

  @Test
  void theFirstRoundBeginsWhereItIsTold() {
    Redial begun = RedialMachine.start(Redial.of(PACE, 3, 2), 0).next();
    Step<Redial, RedialEffect> next = RedialMachine.onEnded(begun, 1, 0);
    assertThat(begun.trying()).containsEntry(1, 2);
    assertThat(next.effects()).contains(new Dial(2, 0));
  }

  @Test
  void addressesMayChangeWhileOneIsConnected() {
    Redial trying = RedialMachine.start(Redial.of(PACE, 2), 0).next();
    assertThat(RedialMachine.onAddresses(trying, 5, 4).next()).isEqualTo(trying);
    Redial connected = RedialMachine.onConnected(trying, 1, 0).next();
    Redial more = RedialMachine.onAddresses(connected, 5, 4).next();
    Redial rests = RedialMachine.onEnded(more, 1, 10 * SECOND).next();
    Redial again = RedialMachine.onAlarm(rests, rests.alarm(), 11 * SECOND).next();
    assertThat(again.trying()).containsExactly(java.util.Map.entry(2, 4));
    assertThat(again.untried()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void whoWantsUsAwayIsLeftOutForThatLong() {
    Redial trying = RedialMachine.start(Redial.of(PACE, 2), 0).next();
    Redial refused = RedialMachine.onRefused(trying, 1, Duration.ofDays(1), 0).next();
    Redial other = RedialMachine.onEnded(refused, 1, 0).next();
    Redial rests = RedialMachine.onEnded(other, 2, 0).next();
    Step<Redial, RedialEffect> again = RedialMachine.onAlarm(rests, rests.alarm(), SECOND);
    assertThat(again.effects()).containsExactly(new Dial(3, 1));
    long obeyed = RedialMachine.LONGEST_REFUSAL.toNanos();
    Redial rested = RedialMachine.onEnded(again.next(), 3, obeyed).next();
    assertThat(RedialMachine.onAlarm(rested, rested.alarm(), obeyed).effects())
        .contains(new Dial(4, 0));
  }

  @Test
  void anythingAtAnyTimeEndsOnceAndLeavesNothing() {
    World.play(3000, 40, Owner::new);
  }

  /** Somebody who dials. */
  private static final class Owner extends World<Redial, RedialEffect> {
    private final Set<Integer> live = new HashSet<>();
    private int attempts;
    private int alarm;
    private long now = -5 * SECOND; // Nanoseconds may be below zero, and cross it.

    Owner() {
      super(Redial.of(PACE, 3));
    }

    @Override
    void carryOut(RedialEffect effect) {
      if (effect instanceof Dial dial) {
        attempts++;
        live.add(dial.attempt());
        rule(dial.attempt() == attempts, "a number used twice");
        rule(dial.address() >= 0 && dial.address() < 4, "no such address");
        rule(live.size() <= 4, "more attempts than addresses");
      } else if (effect instanceof Drop drop) {
        rule(live.remove(drop.attempt()), "dropped twice");
      } else if (effect instanceof Wake wake) {
        rule(alarm == 0, "two alarms");
        rule(!wake.least().isNegative() && wake.most().compareTo(wake.least()) >= 0, "no time");
        alarm = wake.number();
      } else {
        alarm = 0;
      }
    }

    @Override
    void happen(Random chance) {
      now += (long) (chance.nextDouble() * 3 * SECOND);
      int attempt = attempts - chance.nextInt(4);
      switch (chance.nextInt(13)) {
        case 0, 1 -> event("start", was -> RedialMachine.start(was, now));
        case 2, 3 ->
            event("connected " + attempt, was -> RedialMachine.onConnected(was, attempt, now));
        case 4, 5, 6 -> {
          live.remove(attempt);
          event("ended " + attempt, was -> RedialMachine.onEnded(was, attempt, now));
        }
        case 7 -> {
          Duration away = Duration.ofSeconds(chance.nextInt(20));
          event("refused " + attempt, was -> RedialMachine.onRefused(was, attempt, away, now));
        }
        case 8, 9 -> {
          int rings = alarm;
          alarm = 0;
          event("alarm", was -> RedialMachine.onAlarm(was, rings, now));
        }
        case 10 -> {
          int stale = worker.state().numbered() - 1 - chance.nextInt(3);
          event("stale alarm " + stale, was -> RedialMachine.onAlarm(was, stale, now));
        }
        case 11 -> {
          int count = 1 + chance.nextInt(4);
          int current = chance.nextInt(count);
          event("addresses", was -> RedialMachine.onAddresses(was, count, current));
        }
        default -> {
          if (chance.nextInt(4) == 0) {
            end();
          }
        }
      }
    }

    @Override
    void rules() {
      Redial state = worker.state();
      boolean waits = state.stage() != Stage.NEW && state.stage() != Stage.CLOSED;
      rule(!waits || alarm != 0 || !live.isEmpty(), "it waits for nothing");
      rule(state.alarm() == alarm, "the alarm is not what the machine thinks");
      rule(
          live.size() == state.trying().size() + (state.connected().isPresent() ? 1 : 0),
          "an attempt is lost");
      rule(state.connected().isEmpty() || live.size() == 1, "two connections");
      rule(
          state.untried().stream().allMatch(address -> address < state.addresses()),
          "an address that is gone");
    }

    @Override
    void end() {
      event("close", RedialMachine::close);
      rule(live.isEmpty() && alarm == 0, "something is left");
      itIsOver();
    }
  }
}
