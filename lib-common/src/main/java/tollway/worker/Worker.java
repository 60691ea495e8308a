// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a machine is, in the hands of its owner, who carries out one effect after the other: should
 * one of them make the machine take another step, then the effects of that come last. On one loop.
 */
public final class Worker<S, E> {
  private final Consumer<E> owner;
  private final Deque<E> due = new ArrayDeque<>();
  private S state;
  private boolean acting;

  public Worker(S first, Consumer<E> owner) {
    state = first;
    this.owner = owner;
  }

  public S state() {
    return state;
  }

  /** {@code event} is a transition of the machine, which happens now. */
  public void on(Function<S, Step<S, E>> event) {
    Step<S, E> step = event.apply(state);
    state = step.next();
    due.addAll(step.effects());
    if (acting) {
      return;
    }
    acting = true;
    try {
      for (E next = due.poll(); next != null; next = due.poll()) {
        owner.accept(next);
      }
    } finally {
      acting = false;
    }
  }
}
