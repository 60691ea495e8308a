// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/**
 * The seeds of a server's puzzles, and which solutions were used. A seed is given out for two hours
 * and accepted for two more, so nobody works ahead for longer than that, and no clocks need to
 * agree. What is remembered is bounded: a seed with as many solutions is replaced early.
 */
public final class Seeds {
  private static final long LIFE_NANOS = 2 * 3_600_000_000_000L;
  private static final int ACCEPTED = 2;
  private static final int SOLUTIONS = 1 << 16;

  private record Used(NodeId identity, Bytes nonce) {}

  private static final class Seed {
    final Bytes value;
    final long begun;
    final Set<Used> used = new HashSet<>();

    Seed(Bytes value, long begun) {
      this.value = value;
      this.begun = begun;
    }
  }

  private final Supplier<Bytes> random;
  private final Deque<Seed> seeds = new ArrayDeque<>();

  /** {@code random} makes seeds. */
  public Seeds(Supplier<Bytes> random, long now) {
    this.random = random;
    begin(now);
  }

  /** The one to work on from now on. */
  public Bytes current(long now) {
    return newest(now).value;
  }

  /** Uses up {@code solution}; false: its seed is not ours or too old, or it was used before. */
  public boolean use(NodeId identity, Solution solution, long now) {
    newest(now);
    for (Seed seed : seeds) {
      if (seed.value.equals(solution.seed())) {
        boolean fresh =
            seed.used.size() < SOLUTIONS && seed.used.add(new Used(identity, solution.nonce()));
        if (seed == seeds.getFirst() && seed.used.size() == SOLUTIONS) {
          begin(now);
        }
        return fresh;
      }
    }
    return false;
  }

  /** It came to nothing: it may be used another time. */
  public void restore(NodeId identity, Solution solution) {
    Used used = new Used(identity, solution.nonce());
    seeds.stream()
        .filter(seed -> seed.value.equals(solution.seed()))
        .forEach(seed -> seed.used.remove(used));
  }

  private Seed newest(long now) {
    Seed newest = seeds.getFirst();
    if (now - newest.begun >= LIFE_NANOS) {
      newest = begin(now);
    }
    if (now - seeds.getLast().begun >= ACCEPTED * LIFE_NANOS) {
      seeds.removeLast();
    }
    return newest;
  }

  private Seed begin(long now) {
    Seed fresh = new Seed(random.get(), now);
    seeds.addFirst(fresh);
    if (seeds.size() > ACCEPTED) {
      seeds.removeLast();
    }
    return fresh;
  }
}
