// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.cli.UserErrorException;
import tollway.exec.Host;
import tollway.loop.EventLoop;
import tollway.neighbor.NeighborId;
import tollway.shaping.Claim;
import tollway.shaping.ClassNumbers;
import tollway.shaping.Division;
import tollway.shaping.IngressLimits;
import tollway.shaping.IngressPolicer;
import tollway.shaping.Portion;
import tollway.shaping.Shaper;
import tollway.shaping.ShapingPlan;

/**
 * Who gets how much of what this node forwards, in the kernel as in our table. Owned by the node's
 * loop; the kernel is spoken to on the {@code os} loop, one change at a time, the latest wish last.
 */
final class Shares {
  private static final Logger log = LoggerFactory.getLogger(Shares.class);

  private static final Comparator<NeighborId> ORDER =
      Comparator.comparing((NeighborId id) -> id.node().base64()).thenComparing(NeighborId::link);

  private final EventLoop loop;
  private final EventLoop os;
  private final Host host;
  private final SharesConfig config;
  private final NeighborWeights weights;
  private final Classifier classifier;
  private final Shaper shaper;
  private final IngressPolicer policer;
  private final ShareMeter meter;
  private final String device;
  private final ClassNumbers numbers = new ClassNumbers();
  private final Map<NeighborId, String> tunnels = new TreeMap<>(ORDER);
  private Map<String, Integer> classified = Map.of();
  private Optional<ShareWish> wish = Optional.empty();
  private Optional<ShapingPlan> frame = Optional.empty();
  private Optional<ShapingPlan> standing = Optional.empty();
  private String trouble = "";
  private boolean started;
  private boolean busy;
  private boolean dirty;

  /** Says which class what comes in by a tunnel belongs to. On the node's loop. */
  interface Classifier {
    void classes(Map<String, Integer> numbers);
  }

  /** A share is demanded, and this host cannot divide; the message says what it lacks. */
  static final class LackingException extends IOException {
    private static final long serialVersionUID = 1;

    LackingException(String what) {
      super("this host cannot share bandwidth out: " + what);
    }
  }

  Shares(
      EventLoop loop,
      EventLoop os,
      Host host,
      String device,
      SharesConfig config,
      NeighborWeights weights,
      Classifier classifier) {
    this.loop = loop;
    this.os = os;
    this.host = host;
    this.device = device;
    this.config = config;
    this.weights = weights;
    this.classifier = classifier;
    shaper = new Shaper(host, device);
    policer = new IngressPolicer(host);
    meter = new ShareMeter(loop, os, shaper);
  }

  /**
   * Takes over what an earlier run left. Blocks, at the start only. Fails when the command line
   * demands what this host cannot do; a share that was {@code kept} from an earlier run does not.
   */
  void start(Optional<ShareWish> kept) throws IOException {
    loop.checkInLoop();
    wish = config.wish().or(() -> kept);
    try {
      if (wish.isPresent()) {
        frame = Optional.of(frame(wish.get()));
        ShapingPlan plan = plan(frame.get());
        shaper.apply(plan);
        standing = Optional.of(plan);
      } else {
        shaper.remove(tunnels.values());
      }
    } catch (IOException | UserErrorException refused) {
      if (config.wish().isPresent()) {
        shaper.remove(tunnels.values());
        throw refused;
      }
      note(refused);
    }
    Optional<IngressLimits> limits = limits();
    if (limits.isPresent()) {
      policer.load(limits.get());
    } else {
      policer.remove();
    }
    if (standing.isPresent()) {
      declare(classesByTunnel());
    }
    started = true;
  }

  /** A tunnel may forward from now on, or no more. */
  void tunnel(NeighborId id, String name, boolean forwards) {
    loop.checkInLoop();
    if (forwards) {
      tunnels.put(id, name);
    } else {
      tunnels.remove(id);
      if (tunnels.keySet().stream().noneMatch(other -> other.node().equals(id.node()))) {
        numbers.forget(id.node().base64());
      }
    }
    refresh();
  }

  /** Every second: the source may have changed its mind. */
  void check() {
    if (weights.settle()) {
      refresh();
    }
  }

  /** Compares the kernel with our table; whoever changed it there is corrected. */
  void audit() {
    loop.checkInLoop();
    if (!started) {
      return;
    }
    if (!trouble.isEmpty()) { // The missing module, or the uplink, may be there now.
      if (frame.isPresent() || wish.isEmpty()) {
        refresh();
      } else {
        share(wish, failure -> failure.ifPresent(this::note));
      }
      return;
    }
    Optional<ShapingPlan> expected = standing;
    boolean limited = config.ingress().isPresent();
    os.execute(
        () -> {
          try {
            boolean shaped = expected.isEmpty() || shaper.stands(expected.get());
            if (!shaped || (limited && !policer.stands())) {
              log.warn("somebody changed how bandwidth is shared out; putting it back");
              loop.execute(this::refresh);
            }
          } catch (IOException refused) {
            log.warn("cannot check how bandwidth is shared out: {}", refused.getMessage());
          }
        });
  }

  /** What the operator says about one neighbour; empty takes it back. */
  void weigh(String key, Optional<Claim> claim) {
    weights.say(key, claim);
    refresh();
  }

  /** What to share from now on; empty: no bound. {@code done} hears on the loop how it went. */
  void share(Optional<ShareWish> wanted, Consumer<Optional<Exception>> done) {
    loop.checkInLoop();
    if (wanted.isEmpty()) {
      wish = wanted;
      frame = Optional.empty();
      refresh();
      done.accept(Optional.empty());
      return;
    }
    os.execute(
        () -> {
          try {
            ShapingPlan fitting = frame(wanted.get());
            loop.execute(
                () -> {
                  wish = wanted;
                  frame = Optional.of(fitting);
                  refresh();
                  done.accept(Optional.empty());
                });
          } catch (IOException | UserErrorException refused) {
            loop.execute(() -> done.accept(Optional.of(refused)));
          }
        });
  }

  /** Touches the kernel no more: all is taken away now. */
  void leave() {
    loop.checkInLoop();
    started = false;
  }

  /** Takes all of it away, after the tunnels that led to it. Blocks. */
  void remove() {
    try {
      shaper.remove(List.of());
      policer.remove();
    } catch (IOException refused) {
      log.warn("not all is cleaned up: {}", refused.getMessage());
    }
  }

  Optional<ShareWish> wish() {
    return wish;
  }

  /** What stands in the kernel; empty when nothing is shaped. */
  Optional<ShapingPlan> standing() {
    return standing;
  }

  /** What is to stand there. */
  Optional<ShapingPlan> wanted() {
    return frame;
  }

  /** Why the kernel does not divide though it should; empty when it does. */
  String trouble() {
    return trouble;
  }

  ShareMeter meter() {
    return meter;
  }

  NeighborWeights weights() {
    return weights;
  }

  SharesConfig config() {
    return config;
  }

  int number(String key) {
    return numbers.of(key);
  }

  /** The tunnels that forward, by the key of who is at their other end. */
  SortedMap<String, SortedSet<String>> neighbors() {
    SortedMap<String, SortedSet<String>> byKey = new TreeMap<>();
    tunnels.forEach(
        (id, name) -> byKey.computeIfAbsent(id.node().base64(), key -> new TreeSet<>()).add(name));
    return byKey;
  }

  /** Each neighbour's claim. */
  SortedMap<String, Claim> claims() {
    SortedMap<String, Claim> claims = new TreeMap<>();
    neighbors().keySet().forEach(key -> claims.put(key, weights.of(key).claim()));
    return claims;
  }

  private void refresh() {
    loop.checkInLoop();
    if (!started) {
      return;
    }
    dirty = true;
    if (!busy) {
      work();
    }
  }

  /** What the kernel shall be told next. */
  private record Round(
      Optional<ShapingPlan> plan,
      Map<String, Integer> classes,
      TreeSet<String> tunnels,
      Optional<IngressLimits> limits) {}

  private void work() {
    dirty = false;
    busy = true;
    Optional<ShapingPlan> plan = frame.map(this::plan);
    Round round =
        new Round(
            plan,
            plan.isPresent() ? classesByTunnel() : Map.of(),
            new TreeSet<>(tunnels.values()),
            limits());
    // Nobody's packets may be sent to a class that is about to go.
    Map<String, Integer> common = new TreeMap<>(classified);
    common.entrySet().retainAll(round.classes().entrySet());
    declare(common);
    os.execute(
        () -> {
          Optional<Exception> failure = tell(round);
          loop.execute(() -> told(round, failure));
        });
  }

  /** On the {@code os} loop. */
  private Optional<Exception> tell(Round round) {
    try {
      if (round.plan().isPresent()) {
        shaper.apply(round.plan().get());
      } else {
        shaper.remove(round.tunnels());
      }
      if (round.limits().isPresent()) {
        policer.load(round.limits().get());
      }
      return Optional.empty();
    } catch (IOException refused) {
      return Optional.of(refused);
    }
  }

  private void told(Round round, Optional<Exception> failure) {
    busy = false;
    standing = failure.isPresent() ? Optional.empty() : round.plan();
    if (failure.isPresent()) {
      note(failure.get());
    } else if (frame.isPresent() || wish.isEmpty()) {
      trouble = "";
    }
    if (started) {
      declare(round.classes());
      if (dirty) {
        work();
      }
    }
  }

  private void declare(Map<String, Integer> classes) {
    if (!classes.equals(classified)) {
      classified = Map.copyOf(classes);
      classifier.classes(classified);
    }
  }

  /** Blocks: resolves the wish and tries what this host can do. */
  private ShapingPlan frame(ShareWish wanted) throws IOException {
    ShareWish.Share share = wanted.resolve();
    Shaper.Abilities can = Shaper.probe(host);
    if (can.leaf().isEmpty()) {
      throw new LackingException(can.lacking());
    }
    return ShapingPlan.empty(device, share.uplink(), share.rate(), can.leaf().get());
  }

  private ShapingPlan plan(ShapingPlan bare) {
    Map<Integer, Portion> portions = new TreeMap<>();
    Division.of(bare.share(), config.freeFloor(), claims())
        .forEach((key, portion) -> portions.put(numbers.of(key), portion));
    return bare.with(portions, new TreeSet<>(tunnels.values()));
  }

  private Map<String, Integer> classesByTunnel() {
    Map<String, Integer> classes = new TreeMap<>();
    tunnels.forEach((id, name) -> classes.put(name, numbers.of(id.node().base64())));
    return classes;
  }

  private Optional<IngressLimits> limits() {
    return config.ingress().map(rate -> IngressLimits.of(rate, classesByTunnel()));
  }

  private void note(Exception refused) {
    String why = String.valueOf(refused.getMessage());
    if (!why.equals(trouble)) {
      trouble = why;
      log.warn("neighbours are not shaped: {}", why);
    }
  }
}
