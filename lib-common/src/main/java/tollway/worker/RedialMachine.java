// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tollway.worker.Redial.Connected;
import tollway.worker.Redial.Stage;
import tollway.worker.RedialEffect.Act;

/** The transitions drawn at {@link Redial.Stage}. {@code now} is in nanoseconds. */
public final class RedialMachine {
  /** An address that asks us to stay away longer than this is not obeyed. */
  static final Duration LONGEST_REFUSAL = Duration.ofMinutes(5);

  private RedialMachine() {}

  public static Step<Redial, RedialEffect> start(Redial before, long now) {
    Draft next = new Draft(before);
    if (before.stage() == Stage.NEW) {
      next.round(now);
    }
    return next.step();
  }

  /** The attempt has come to be a connection. */
  public static Step<Redial, RedialEffect> onConnected(Redial before, int attempt, long now) {
    Draft next = new Draft(before);
    Integer address = next.trying.remove(attempt);
    if (address != null) {
      next.cancelWake();
      next.dropAll();
      next.stage = Stage.CONNECTED;
      next.connected = Optional.of(new Connected(attempt, address, now));
      next.first = address;
    }
    return next.step();
  }

  /** The attempt failed, or the connection has ended. */
  public static Step<Redial, RedialEffect> onEnded(Redial before, int attempt, long now) {
    Draft next = new Draft(before);
    if (before.isConnectedBy(attempt)) {
      boolean sound =
          now - before.connected().orElseThrow().since() >= before.pace().sound().toNanos();
      next.failures = sound ? 0 : before.failures() + 1;
      next.first = (before.first() + (sound ? 0 : 1)) % before.addresses();
      next.connected = Optional.empty();
      next.rest();
    } else if (next.trying.remove(attempt) != null) {
      if (!next.untried.isEmpty()) {
        next.tryNext();
      } else if (next.trying.isEmpty()) {
        next.failures++;
        next.rest();
      }
    }
    return next.step();
  }

  /** Whoever is at the other end of the attempt or connection wants us to stay away for so long. */
  public static Step<Redial, RedialEffect> onRefused(
      Redial before, int attempt, Duration away, long now) {
    Draft next = new Draft(before);
    Integer address =
        before.isConnectedBy(attempt)
            ? Integer.valueOf(before.connected().orElseThrow().address())
            : before.trying().get(attempt);
    Duration obeyed = away.compareTo(LONGEST_REFUSAL) < 0 ? away : LONGEST_REFUSAL;
    if (address != null && !obeyed.isZero() && !obeyed.isNegative()) {
      next.shut.put(address, now + obeyed.toNanos());
    }
    return next.step();
  }

  /**
   * While there is a connection: there are {@code addresses} now, and that of the connection has
   * the index {@code current}. What wanted us to stay away is forgotten.
   */
  public static Step<Redial, RedialEffect> onAddresses(Redial before, int addresses, int current) {
    Draft next = new Draft(before);
    if (before.connected().isPresent()) {
      Connected last = before.connected().get();
      next.addresses = addresses;
      next.first = current;
      next.shut.clear();
      next.connected = Optional.of(new Connected(last.attempt(), current, last.since()));
    }
    return next.step();
  }

  public static Step<Redial, RedialEffect> onAlarm(Redial before, int number, long now) {
    Draft next = new Draft(before);
    if (before.alarm() == 0 || number != before.alarm()) {
      return next.step(); // Late: it was cancelled, or set anew.
    }
    next.alarm = 0;
    if (before.stage() == Stage.TRYING) {
      next.tryNext();
    } else {
      next.round(now);
    }
    return next.step();
  }

  /** From anywhere, for good. */
  public static Step<Redial, RedialEffect> close(Redial before) {
    Draft next = new Draft(before);
    next.cancelWake();
    next.dropAll();
    before.connected().ifPresent(last -> next.effects.add(new RedialEffect.Drop(last.attempt())));
    next.connected = Optional.empty();
    next.stage = Stage.CLOSED;
    return next.step();
  }

  /** A state in the making. */
  private static final class Draft {
    private final Redial before;
    private final List<RedialEffect> effects = new ArrayList<>();
    private final List<Integer> untried;
    private final Map<Integer, Integer> trying;
    private final Map<Integer, Long> shut;
    private Stage stage;
    private Optional<Connected> connected;
    private int addresses;
    private int first;
    private int attempts;
    private int failures;
    private int alarm;
    private int numbered;

    Draft(Redial before) {
      this.before = before;
      untried = new ArrayList<>(before.untried());
      trying = new TreeMap<>(before.trying());
      shut = new HashMap<>(before.shut());
      stage = before.stage();
      connected = before.connected();
      addresses = before.addresses();
      first = before.first();
      attempts = before.attempts();
      failures = before.failures();
      alarm = before.alarm();
      numbered = before.numbered();
    }

    Step<Redial, RedialEffect> step() {
      return new Step<>(
          new Redial(
              stage,
              before.pace(),
              addresses,
              first,
              untried,
              trying,
              connected,
              attempts,
              failures,
              shut,
              alarm,
              numbered),
          effects);
    }

    /** A new round through all that do not want us to stay away just now. */
    private void round(long now) {
      shut.values().removeIf(until -> until - now <= 0);
      untried.clear();
      for (int i = 0; i < addresses; i++) {
        int address = (first + i) % addresses;
        if (!shut.containsKey(address)) {
          untried.add(address);
        }
      }
      if (untried.isEmpty()) {
        Duration soonest =
            Duration.ofNanos(
                shut.values().stream().mapToLong(until -> until - now).min().orElse(0));
        restFor(soonest, before.pace().first().plus(soonest.dividedBy(4)));
      } else {
        stage = Stage.TRYING;
        tryNext();
      }
    }

    private void tryNext() {
      cancelWake();
      int address = untried.remove(0);
      attempts++;
      trying.put(attempts, address);
      if (!untried.isEmpty()) {
        before.pace().headStart().ifPresent(after -> wake(after, after));
      }
      effects.add(new RedialEffect.Dial(attempts, address));
    }

    /** Longer and longer while nothing works. */
    private void rest() {
      long millis =
          Math.min(
              before.pace().first().toMillis() << Math.min(failures, 10),
              before.pace().longest().toMillis());
      restFor(Duration.ZERO, Duration.ofMillis(millis));
    }

    /** For {@code least}, and from half of {@code more} to all of it. */
    private void restFor(Duration least, Duration more) {
      stage = Stage.RESTING;
      cancelWake();
      wake(least.plus(more.dividedBy(2)), least.plus(more));
    }

    private void dropAll() {
      untried.clear();
      trying.keySet().forEach(attempt -> effects.add(new RedialEffect.Drop(attempt)));
      trying.clear();
    }

    private void wake(Duration least, Duration most) {
      numbered++;
      alarm = numbered;
      effects.add(new RedialEffect.Wake(numbered, least, most));
    }

    private void cancelWake() {
      if (alarm != 0) {
        alarm = 0;
        effects.add(Act.CANCEL_WAKE);
      }
    }
  }
}
