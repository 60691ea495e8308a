// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import tollway.admission.EffortQueue;
import tollway.admission.Evaluator;
import tollway.admission.Solution;
import tollway.admission.TokenBucket;
import tollway.bounded.BoundedMaps;
import tollway.identity.NodeId;

/**
 * Newcomers that solved a puzzle, and are taken in while others have to wait. Checks the greatest
 * effort first, with a twentieth of a core. On the neighbourhood's loop, for a millisecond or two
 * at a time.
 */
final class Claims {
  /** A second of native code for four or five of them. */
  static final int LEAST_EFFORT = 256;

  /** How long a newcomer has to be taken in. */
  private static final long LIFE_NANOS = 30_000_000_000L;

  private static final double SHARE = 0.05;
  private static final double BURST_NANOS = 50_000_000;

  /** What a check takes at least, whatever the clock says. */
  private static final long CHECK_NANOS = 1_000_000;

  private static final int ROOM = 64;
  private static final int REMEMBERED = 4096;

  private final LongSupplier nanoTime;
  private final Evaluator evaluator = new Evaluator();
  private final EffortQueue<EffortClaim> queue = new EffortQueue<>(ROOM);
  private final TokenBucket cpu;
  private final Map<NodeId, Long> earned = BoundedMaps.firstCome(REMEMBERED);
  private final Map<Solution, Long> used = BoundedMaps.firstCome(REMEMBERED);

  Claims(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    cpu = new TokenBucket(SHARE * 1e9, BURST_NANOS, nanoTime.getAsLong());
  }

  /** A claim that is for us, and for this run and link of ours. */
  Optional<Drop> offer(EffortClaim claim) {
    boolean plausible =
        claim.solution().effort() >= LEAST_EFFORT && claim.puzzle().isPlausible(claim.solution());
    if (!plausible) {
      return Optional.of(Drop.UNSOLVED);
    }
    queue.offer(claim, claim.solution().effort(), nanoTime.getAsLong());
    return work();
  }

  /** Checks as many as there is time for; whether one of them was none. */
  Optional<Drop> work() {
    Optional<Drop> wrong = Optional.empty();
    while (queue.size() > 0 && cpu.has(nanoTime.getAsLong())) {
      EffortClaim claim = queue.poll().orElseThrow().who();
      long begun = nanoTime.getAsLong();
      boolean right = evaluator.verifies(claim.puzzle(), claim.solution());
      long now = nanoTime.getAsLong();
      cpu.spend((double) Math.max(CHECK_NANOS, now - begun));
      if (!right) {
        wrong = Optional.of(Drop.UNSOLVED);
      } else if (used.putIfAbsent(claim.solution(), now) == null) {
        earned.remove(claim.sender());
        earned.put(claim.sender(), now);
      }
    }
    return wrong;
  }

  /** Whether {@code newcomer} made an effort lately. */
  boolean has(NodeId newcomer) {
    Long since = earned.get(newcomer);
    return since != null && nanoTime.getAsLong() - since <= LIFE_NANOS;
  }
}
