// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.control.ControlHandler;
import tollway.firewall.Firewall;
import tollway.firewall.Passage;
import tollway.firewall.ReversePath;
import tollway.firewall.Ruleset;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;

/**
 * Which tunnels may forward, and in which class, in the kernel as in our tables. Owned by the
 * node's loop; the kernel is spoken to on the {@code os} loop, in the order of the calls.
 */
final class ForwardGate {
  private static final Logger log = LoggerFactory.getLogger(ForwardGate.class);

  private final EventLoop loop;
  private final EventLoop os;
  private final Firewall firewall;
  private final ReversePath reversePath;
  private final LinkNames links;
  private final Map<String, NodeId> open = new TreeMap<>();
  private Map<String, Integer> classes = Map.of();
  private Consumer<String> repaired = why -> {};
  private boolean loaded;
  private Optional<Firewall.Standing> standing = Optional.empty();

  /** {@code links}: the interfaces of the mesh, each of which may end in a *. */
  ForwardGate(
      EventLoop loop,
      EventLoop os,
      Firewall firewall,
      ReversePath reversePath,
      List<String> links) {
    this.loop = loop;
    this.os = os;
    this.firewall = firewall;
    this.reversePath = reversePath;
    this.links = new LinkNames(links);
  }

  /** {@code repaired} is told, on the {@code os} loop, what was wrong and has been put right. */
  void onRepair(Consumer<String> listener) {
    repaired = listener;
  }

  /** Loads the policy; until then changes are only remembered. Blocks, at the start only. */
  void load() throws IOException {
    firewall.load(rules());
    loaded = true;
  }

  /** Whether what comes through {@code tunnel}, which is {@code neighbor}'s, is forwarded. */
  void allow(String tunnel, NodeId neighbor, boolean allowed) {
    loop.checkInLoop();
    boolean changed =
        allowed ? !neighbor.equals(open.put(tunnel, neighbor)) : open.remove(tunnel) != null;
    if (changed) {
      update();
    }
  }

  /**
   * The minor number, below {@code 1:}, of the class that what comes through each tunnel is put
   * into; a tunnel that is not in the map has none.
   */
  void classes(Map<String, Integer> minors) {
    loop.checkInLoop();
    if (!classes.equals(minors)) {
      classes = Map.copyOf(minors);
      update();
    }
  }

  /** An interface has become a link of the mesh. */
  void addLink(String link) {
    loop.checkInLoop();
    if (links.add(link)) {
      update();
    }
  }

  /** An interface is no more. */
  void removeLink(String link) {
    loop.checkInLoop();
    if (links.remove(link)) {
      update();
    }
  }

  /** What the kernel should hold. */
  Ruleset rules() {
    Map<String, Passage> authed = new TreeMap<>();
    open.forEach(
        (tunnel, neighbor) ->
            authed.put(tunnel, new Passage(neighbor.base64(), classes.getOrDefault(tunnel, 0))));
    return new Ruleset(authed, links.names(), reversePath, true);
  }

  /** Touches the kernel no more: somebody takes the policy away now. */
  void leave() {
    loop.checkInLoop();
    loaded = false;
  }

  /** Compares the kernel with our tables; whoever changed them there is corrected. */
  void audit() {
    loop.checkInLoop();
    if (!loaded) {
      return;
    }
    Ruleset rules = rules();
    os.execute(
        () -> {
          try {
            Firewall.Standing found = firewall.standing(rules);
            if (!found.deviations().isEmpty()) {
              log.warn(
                  "the forwarding policy was changed; putting it right: {}",
                  String.join("; ", found.deviations()));
              firewall.load(rules);
              repaired.accept(String.join("; ", found.deviations()));
            }
            loop.execute(() -> standing = Optional.of(found));
          } catch (IOException refused) {
            log.warn("cannot check the forwarding policy: {}", refused.getMessage());
          }
        });
  }

  /** {@code wanted} is what the kernel should hold once all changes have been made. */
  void answerWanted(ControlHandler.Answer answer) {
    loop.checkInLoop();
    Ruleset rules = rules();
    os.execute(
        () -> {
          JsonObject result = new JsonObject();
          result.addProperty("wanted", firewall.wanted(rules));
          answer.result(result);
        });
  }

  /** As of the last audit. */
  Optional<Firewall.Counters> counters() {
    return standing.map(Firewall.Standing::counters);
  }

  private void update() {
    if (!loaded) {
      return;
    }
    Ruleset rules = rules();
    os.execute(
        () -> {
          try {
            firewall.update(rules);
          } catch (IOException refused) {
            reload(rules, refused);
          }
        });
  }

  /** Somebody made of a table what cannot be updated. */
  private void reload(Ruleset rules, IOException refused) {
    try {
      firewall.load(rules);
      repaired.accept("it could not be updated");
    } catch (IOException still) {
      still.addSuppressed(refused);
      log.error("cannot load the forwarding policy: {}", still.getMessage());
    }
  }
}
