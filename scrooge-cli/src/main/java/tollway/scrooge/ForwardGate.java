// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.firewall.Firewall;
import tollway.firewall.Ruleset;
import tollway.loop.EventLoop;

/**
 * Which tunnels may forward, in the kernel as in our table. Owned by the node's loop; the kernel is
 * spoken to on the {@code os} loop, in the order of the calls.
 */
final class ForwardGate {
  private static final Logger log = LoggerFactory.getLogger(ForwardGate.class);

  private final EventLoop loop;
  private final EventLoop os;
  private final Firewall firewall;
  private final Set<String> open = new TreeSet<>();
  private boolean loaded;
  private Optional<Firewall.Standing> standing = Optional.empty();

  ForwardGate(EventLoop loop, EventLoop os, Firewall firewall) {
    this.loop = loop;
    this.os = os;
    this.firewall = firewall;
  }

  /** Loads the policy; until then {@link #allow} only remembers. Blocks, at the start only. */
  void load() throws IOException {
    firewall.load(new Ruleset(open));
    loaded = true;
  }

  void allow(String tunnel, boolean allowed) {
    loop.checkInLoop();
    boolean changed = allowed ? open.add(tunnel) : open.remove(tunnel);
    if (changed && loaded) {
      Ruleset rules = new Ruleset(open);
      os.execute(() -> update(rules));
    }
  }

  /** Touches the kernel no more: somebody takes the policy away now. */
  void leave() {
    loop.checkInLoop();
    loaded = false;
  }

  /** Compares the kernel with our table; whoever changed it there is corrected. */
  void audit() {
    loop.checkInLoop();
    if (!loaded) {
      return;
    }
    Ruleset rules = new Ruleset(open);
    os.execute(
        () -> {
          try {
            Optional<Firewall.Standing> found = firewall.standing();
            if (found.isEmpty()) {
              log.warn("the forwarding policy was taken away; loading it again");
              firewall.load(rules);
            } else if (!found.get().authed().equals(rules.authed())) {
              firewall.update(rules);
            }
            loop.execute(() -> standing = found);
          } catch (IOException refused) {
            log.warn("cannot check the forwarding policy: {}", refused.getMessage());
          }
        });
  }

  /** As of the last audit. */
  Optional<Firewall.Counters> counters() {
    return standing.map(Firewall.Standing::counters);
  }

  private void update(Ruleset rules) {
    try {
      firewall.update(rules);
    } catch (IOException refused) {
      try {
        firewall.load(rules); // Somebody took the table away.
      } catch (IOException still) {
        still.addSuppressed(refused);
        log.error("cannot load the forwarding policy: {}", still.getMessage());
      }
    }
  }
}
