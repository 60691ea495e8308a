// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Every pair of our bases with the peer's addresses, bounded whatever the peer announces (RFC 8445
 * §6.1.2.5, §19.5.1).
 */
final class IcePairTable {
  static final int MOST_REMOTES = 64;
  static final int MOST_PAIRS = 100;

  private record Key(IceBase base, InetSocketAddress remote) {}

  private final List<IceBase> bases = new ArrayList<>();

  /** The peer's addresses with the priority of each. */
  private final Map<InetSocketAddress, Long> remotes = new LinkedHashMap<>();

  private final Map<Key, IcePair> pairs = new HashMap<>();

  Collection<IcePair> pairs() {
    return pairs.values();
  }

  int remotes() {
    return remotes.size();
  }

  Optional<IcePair> find(IceBase base, InetSocketAddress remote) {
    return Optional.ofNullable(pairs.get(new Key(base, remote)));
  }

  /** Whether {@code pair} was not pushed out by a better one. */
  boolean holds(IcePair pair) {
    return pairs.get(new Key(pair.base, pair.remote)) == pair;
  }

  void addBase(IceBase base, IceRole role) {
    bases.add(base);
    remotes.forEach((remote, priority) -> join(base, remote, priority, role));
  }

  /** Takes an announced address of the peer; false: one too many. */
  boolean addRemote(InetSocketAddress remote, long priority, IceRole role) {
    if (!learn(remote, priority)) {
      return false;
    }
    for (IceBase base : bases) {
      if (base.reaches(remote)) {
        // Known already when the peer's check was faster than its announcement.
        find(base, remote).ifPresent(pair -> pair.remotePriority = priority);
        join(base, remote, priority, role);
      }
    }
    return true;
  }

  /**
   * The pair that an authentic message came over, made when it is new: then its remote side is
   * peer-reflexive (RFC 8445 §7.3.1.3). Empty: one too many.
   */
  Optional<IcePair> reached(IceBase base, InetSocketAddress remote, long priority, IceRole role) {
    Optional<IcePair> known = find(base, remote);
    if (known.isPresent()) {
      return known;
    }
    Long announced = remotes.get(remote);
    if (announced == null && !learn(remote, priority)) {
      return Optional.empty();
    }
    return add(new IcePair(base, remote, announced == null ? priority : announced), role);
  }

  /** The pair of highest priority among those that fit. */
  Optional<IcePair> best(IceRole role, Predicate<IcePair> fits) {
    IcePair best = null;
    for (IcePair pair : pairs.values()) {
      if (fits.test(pair) && (best == null || pair.priority(role) > best.priority(role))) {
        best = pair;
      }
    }
    return Optional.ofNullable(best);
  }

  void clear() {
    bases.clear();
    remotes.clear();
    pairs.clear();
  }

  private boolean learn(InetSocketAddress remote, long priority) {
    if (!remotes.containsKey(remote) && remotes.size() == MOST_REMOTES) {
      return false;
    }
    remotes.put(remote, priority);
    return true;
  }

  private void join(IceBase base, InetSocketAddress remote, long priority, IceRole role) {
    if (base.reaches(remote) && find(base, remote).isEmpty()) {
      add(new IcePair(base, base.onLink(remote), priority), role);
    }
  }

  /** RFC 8445 §6.1.2.5: beyond the limit the pair of lowest priority goes. */
  private Optional<IcePair> add(IcePair pair, IceRole role) {
    if (pairs.size() >= MOST_PAIRS) {
      Optional<IcePair> worst = worstIdle(role);
      if (worst.isEmpty() || worst.get().priority(role) >= pair.priority(role)) {
        return Optional.empty();
      }
      pairs.remove(new Key(worst.get().base, worst.get().remote));
    }
    pairs.put(new Key(pair.base, pair.remote), pair);
    return Optional.of(pair);
  }

  private Optional<IcePair> worstIdle(IceRole role) {
    IcePair worst = null;
    for (IcePair pair : pairs.values()) {
      boolean idle = pair.checks.isEmpty() && pair.state != IcePair.State.SUCCEEDED;
      if (idle && (worst == null || pair.priority(role) < worst.priority(role))) {
        worst = pair;
      }
    }
    return Optional.ofNullable(worst);
  }
}
