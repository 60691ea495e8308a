// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Where anything may happen to a machine at any time, and where what it wants is done at once. When
 * a rule is broken the shortest story is told that was found to lead there.
 */
abstract class World<S, E> {
  final Worker<S, E> worker;
  private final List<String> story = new ArrayList<>();
  private boolean over;

  World(S first) {
    worker = new Worker<>(first, this::hear);
  }

  /** Does what the machine wants, and minds what it must not want. */
  abstract void carryOut(E effect);

  /** One event, which {@code chance} chooses. */
  abstract void happen(Random chance);

  /** What holds between two events. */
  abstract void rules();

  /** Makes the machine end, if it has not. */
  abstract void end();

  final void event(String name, Function<S, Step<S, E>> event) {
    story.add(name);
    worker.on(event);
  }

  final void rule(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what + ":\n" + String.join("\n", story));
    }
  }

  /** The machine has said its last. */
  final void itIsOver() {
    over = true;
  }

  private void hear(E effect) {
    story.add("    " + effect);
    rule(!over, "an effect after the end");
    carryOut(effect);
  }

  /** Lives {@code worlds} lives of up to {@code events} events each. */
  static void play(int worlds, int events, Supplier<World<?, ?>> genesis) {
    for (int seed = 1; seed <= worlds; seed++) {
      if (!isSound(genesis.get(), seed, events, Set.of())) {
        Set<Integer> needless = new HashSet<>();
        for (int event = 0; event < events; event++) {
          needless.add(event);
          if (isSound(genesis.get(), seed, events, needless)) {
            needless.remove(event);
          }
        }
        genesis.get().live(seed, events, needless);
      }
    }
  }

  private static boolean isSound(World<?, ?> world, int seed, int events, Set<Integer> without) {
    try {
      world.live(seed, events, without);
      return true;
    } catch (AssertionError broken) {
      return false; // It is told when no event can be left out any more.
    }
  }

  private void live(int seed, int events, Set<Integer> without) {
    int many = new Random(seed).nextInt(events);
    for (int event = 0; event < events; event++) {
      // Each has its own chance: the others stay what they are when one is left out.
      Random chance = new Random(seed * 1_000_003L + event);
      if (event == many) {
        end();
        rule(over, "no end");
      }
      if (!without.contains(event)) {
        happen(chance);
        rules();
      }
    }
  }
}
