// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.security.SecureRandom;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.admission.Mint;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;

/**
 * Makes an effort for those whom we hear and who seem not to hear us: perhaps too many shout there.
 * One after the other, on a thread beside the loop, three times for each at most; with half a core
 * while nobody at all hears us, later with a twentieth. On the neighbourhood's loop.
 */
final class Plea {
  /** How long we wait for an answer before we make an effort, and after each. */
  private static final long PATIENCE_NANOS = 15_000_000_000L;

  private static final int ATTEMPTS = 3;

  /** Each attempt takes so many times the effort of the one before. */
  private static final int RISE = 4;

  /** So many times as long as an effort took we rest. */
  private static final int REST_ALONE = 1;

  private static final int REST = 19;

  /** What comes of it. */
  interface Outcome {
    void solved(NeighborId whom, EffortClaim claim);
  }

  private record Waiting(long since, int attempts) {}

  private final EventLoop loop;
  private final NodeId self;
  private final Outcome outcome;
  private final Map<NeighborId, Waiting> waiting = new HashMap<>();
  private @Nullable Mint mint;
  private long restUntil;

  Plea(EventLoop loop, NodeId self, Outcome outcome) {
    this.loop = loop;
    this.self = self;
    this.outcome = outcome;
    restUntil = loop.nanoTime();
  }

  /** To be called now and then with all that we know. */
  void tick(Collection<Neighbor> neighbors) {
    long now = loop.nanoTime();
    List<Neighbor> deaf =
        neighbors.stream()
            .filter(each -> each.state() == NeighborState.SEEN && each.nonce().isPresent())
            .toList();
    waiting.keySet().retainAll(deaf.stream().map(Neighbor::id).toList());
    deaf.forEach(each -> waiting.putIfAbsent(each.id(), new Waiting(now, 0)));
    if (mint != null || now - restUntil < 0) {
      return;
    }
    Optional<Neighbor> next =
        deaf.stream()
            .filter(each -> isDue(waiting(each), now))
            .min(
                Comparator.<Neighbor>comparingInt(each -> waiting(each).attempts())
                    .thenComparingLong(each -> waiting(each).since() - now));
    boolean alone = deaf.size() == neighbors.size();
    next.ifPresent(whom -> begin(whom.id(), whom.nonce().orElseThrow(), alone));
  }

  void stop() {
    if (mint != null) {
      mint.cancel();
    }
  }

  private static boolean isDue(Waiting one, long now) {
    return one.attempts() < ATTEMPTS && now - one.since() >= PATIENCE_NANOS;
  }

  private Waiting waiting(Neighbor whom) {
    return waiting.getOrDefault(whom.id(), new Waiting(loop.nanoTime(), ATTEMPTS));
  }

  private void begin(NeighborId whom, Bytes nonce, boolean alone) {
    int attempts = waiting.getOrDefault(whom, new Waiting(0, 0)).attempts();
    int effort = Claims.LEAST_EFFORT;
    for (int i = 0; i < attempts; i++) {
      effort *= RISE;
    }
    Mint begun = Mint.start(EffortClaim.puzzle(self, nonce, effort), 1, new SecureRandom());
    mint = begun;
    begun
        .minted()
        .thenAccept(minted -> loop.execute(() -> solved(whom, attempts + 1, alone, minted)));
  }

  private void solved(NeighborId whom, int attempts, boolean alone, Mint.Minted minted) {
    mint = null;
    long now = loop.nanoTime();
    restUntil = now + minted.nanos() * (alone ? REST_ALONE : REST);
    if (waiting.replace(whom, new Waiting(now, attempts)) != null) {
      outcome.solved(whom, new EffortClaim(self, whom.node(), minted.solution()));
    }
  }
}
