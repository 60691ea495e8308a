// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.control.ControlCommands;
import tollway.firewall.Firewall;
import tollway.firewall.Ruleset;
import tollway.loop.EventLoop;
import tollway.store.NodeStore;
import tollway.store.Reading;

/**
 * Adds what the kernel counted for each neighbour to what the store knows. Counters outlive the
 * process and the store remembers what it has added, so that a crash neither loses nor doubles.
 * Told on the node's loop, done on the {@code os} loop.
 */
final class Meter {
  static final Duration PERIOD = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(Meter.class);

  /** How many periods between two looks for hours long ago. */
  private static final int CONDENSE_PERIODS = 360;

  private final EventLoop loop;
  private final EventLoop os;
  private final Firewall firewall;
  private final ForwardGate gate;
  private final NodeStore store;
  private final Supplier<List<Reading>> tunnels;
  private boolean failing;
  private int periods;

  /** {@code tunnels}: what those there are say that they carried. */
  Meter(
      EventLoop loop,
      EventLoop os,
      Firewall firewall,
      ForwardGate gate,
      NodeStore store,
      Supplier<List<Reading>> tunnels) {
    this.tunnels = tunnels;
    this.loop = loop;
    this.os = os;
    this.firewall = firewall;
    this.gate = gate;
    this.store = store;
    firewall.beforeReplacing(this::count);
  }

  /** Before the daemon answers anybody: one that asks for usage wants it up to date. */
  void serve(ControlCommands commands) {
    commands.on(
        "measure",
        (question, answer) -> {
          read();
          os.execute(() -> answer.result(new JsonObject()));
        });
  }

  /** Every {@link #PERIOD}, and whenever somebody wants to know. */
  void read() {
    loop.checkInLoop();
    Ruleset rules = gate.rules();
    List<Reading> carried = tunnels.get();
    os.execute(() -> readNow(rules, carried));
  }

  /** On any thread, when the loops do nothing any more. */
  void readLast() {
    try {
      count(firewall.standing());
    } catch (IOException refused) {
      log.warn("cannot read the counters: {}", refused.getMessage());
    }
  }

  private void readNow(Ruleset rules, List<Reading> carried) {
    try {
      Firewall.Standing standing = firewall.standing(rules);
      if (count(standing)) {
        store.carry(carried);
        // Changes are made in the order of the calls: what is not in these rules counts no more.
        Set<String> ended = new HashSet<>(standing.in().keySet());
        ended.removeAll(rules.authed().keySet());
        firewall.forget(ended);
      }
      if (periods++ % CONDENSE_PERIODS == 0) {
        store.condense(loop.now());
      }
    } catch (IOException refused) {
      log.warn("cannot read the counters: {}", refused.getMessage());
    }
  }

  /** Whether the store knows now. */
  private boolean count(Firewall.Standing standing) {
    List<Reading> readings = new ArrayList<>();
    standing.in().values().forEach(each -> readings.add(reading(each, true)));
    standing.out().values().forEach(each -> readings.add(reading(each, false)));
    try {
      if (!standing.epoch().isEmpty()) {
        store.count(loop.now(), standing.epoch(), readings);
      }
      failing = false;
      return true;
    } catch (IOException refused) {
      if (!failing) { // The kernel goes on counting: nothing is lost yet.
        failing = true;
        log.warn("cannot keep what was counted: {}", refused.getMessage());
      }
      return false;
    }
  }

  private static Reading reading(Firewall.Traffic traffic, boolean from) {
    return new Reading(
        traffic.neighbor(), traffic.id(), from, traffic.count().packets(), traffic.count().bytes());
  }
}
