// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tollway.loop.EventLoop;

/**
 * Carries out what {@link RedialMachine} decides, with attempts of its owner's kind. On the loop.
 */
public final class Redialer {
  /** One way to one address, which may come to be a connection. */
  public interface Attempt {
    void start();

    /** Ends it; nothing more is told of it. */
    void close();
  }

  /** Makes attempts, by the number under which they are told of and the index of the address. */
  public interface Attempts {
    Attempt make(int number, int address);
  }

  private final EventLoop loop;
  private final Attempts attempts;
  private final Worker<Redial, RedialEffect> worker;
  private final Alarm alarm;
  private final Map<Integer, Attempt> live = new HashMap<>();

  public Redialer(EventLoop loop, RedialPace pace, int addresses, Attempts attempts) {
    this(loop, Redial.of(pace, addresses), attempts);
  }

  /** From {@code fresh}, which has not begun. */
  public Redialer(EventLoop loop, Redial fresh, Attempts attempts) {
    this.loop = loop;
    this.attempts = attempts;
    worker = new Worker<>(fresh, this::carryOut);
    alarm =
        new Alarm(
            loop, number -> worker.on(was -> RedialMachine.onAlarm(was, number, loop.nanoTime())));
  }

  /** Begins to connect; once, and not after {@link #close}. */
  public void start() {
    loop.checkInLoop();
    worker.on(was -> RedialMachine.start(was, loop.nanoTime()));
  }

  /** The attempt has come to be a connection: all others are closed. */
  public void connected(int number) {
    worker.on(was -> RedialMachine.onConnected(was, number, loop.nanoTime()));
  }

  public boolean isConnectedBy(int number) {
    return worker.state().isConnectedBy(number);
  }

  /** While connected: there are so many addresses now, and {@code current} is the connection's. */
  public void addresses(int count, int current) {
    worker.on(was -> RedialMachine.onAddresses(was, count, current));
  }

  /** The attempt, or the connection that it has come to be, wants us to stay away for so long. */
  public void refused(int number, Duration away) {
    worker.on(was -> RedialMachine.onRefused(was, number, away, loop.nanoTime()));
  }

  /** The attempt, or the connection that it has come to be, has ended by itself. */
  public void ended(int number) {
    live.remove(number);
    worker.on(was -> RedialMachine.onEnded(was, number, loop.nanoTime()));
  }

  /** Ends everything, for good. */
  public void close() {
    loop.checkInLoop();
    worker.on(RedialMachine::close);
  }

  private void carryOut(RedialEffect effect) {
    if (effect instanceof RedialEffect.Dial dial) {
      Attempt attempt = attempts.make(dial.attempt(), dial.address());
      live.put(dial.attempt(), attempt); // Before it may fail.
      attempt.start();
    } else if (effect instanceof RedialEffect.Drop drop) {
      Optional.ofNullable(live.remove(drop.attempt())).ifPresent(Attempt::close);
    } else if (effect instanceof RedialEffect.Wake wake) {
      alarm.set(wake.number(), wake.least(), wake.most());
    } else {
      alarm.cancel();
    }
  }
}
