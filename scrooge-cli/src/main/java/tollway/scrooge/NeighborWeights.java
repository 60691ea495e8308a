// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.loop.EventLoop;
import tollway.shaping.Claim;
import tollway.shaping.SteadyWeights;
import tollway.shaping.WeightSource;

/**
 * What each neighbour weighs, by public key: as the operator said; else as the source says; else 1,
 * or 0 where there is a source that does not name it. Owned by the node's loop; the source is read
 * on a loop of its own, since a program may take its time.
 */
final class NeighborWeights {
  private static final Logger log = LoggerFactory.getLogger(NeighborWeights.class);

  private final EventLoop loop;
  private final EventLoop reading;
  private final Optional<WeightSource> source;
  private final SteadyWeights steady;
  private final Map<String, Claim> manual = new TreeMap<>();
  private String complaint = "";

  /** A claim, and whose word it is. */
  record Weighed(Claim claim, String origin) {}

  NeighborWeights(EventLoop loop, EventLoop reading, SharesConfig config) {
    this.loop = loop;
    this.reading = reading;
    source = config.source();
    steady = new SteadyWeights(config.grace());
  }

  /** Begins to ask the source. */
  void start() {
    source.ifPresent(each -> reading.execute(() -> read(each)));
  }

  Weighed of(String key) {
    @Nullable Claim said = manual.get(key);
    if (said != null) {
      return new Weighed(said, "operator");
    }
    @Nullable Claim sourced = steady.inForce().get(key);
    return sourced == null
        ? new Weighed(Claim.of(source.isPresent() ? 0 : 1), "default")
        : new Weighed(sourced, "source");
  }

  /** Empty: the operator's word is taken back. */
  void say(String key, Optional<Claim> claim) {
    loop.checkInLoop();
    claim.ifPresentOrElse(given -> manual.put(key, given), () -> manual.remove(key));
  }

  /** All that somebody has given a weight. */
  Map<String, Weighed> all() {
    Map<String, Weighed> all = new TreeMap<>();
    steady.inForce().keySet().forEach(key -> all.put(key, of(key)));
    manual.keySet().forEach(key -> all.put(key, of(key)));
    return all;
  }

  /** Whether the source's word has changed what is in force. */
  boolean settle() {
    loop.checkInLoop();
    return steady.settle(loop.nanoTime());
  }

  /** Why the source is not believed now; empty when it is. */
  String complaint() {
    return complaint;
  }

  private void read(WeightSource from) {
    try {
      Optional<Map<String, Claim>> said = from.read();
      loop.execute(() -> heard(said));
    } catch (IOException unfit) {
      loop.execute(() -> complain(String.valueOf(unfit.getMessage())));
    }
    reading.schedule(from.period(), () -> read(from));
  }

  private void heard(Optional<Map<String, Claim>> said) {
    said.ifPresent(
        claims -> {
          complaint = "";
          steady.say(claims, loop.nanoTime());
        });
  }

  /** Once, not each time it is asked. */
  private void complain(String why) {
    if (!why.equals(complaint)) {
      complaint = why;
      log.warn("weights stay as they were: {}", why);
    }
  }
}
