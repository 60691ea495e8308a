// SPDX-License-Identifier: Apache-2.0
package tollway.worker;

import java.util.List;

/** What became of a machine, and what is to be done about it, in this order. */
public record Step<S, E>(S next, List<E> effects) {
  public Step {
    effects = List.copyOf(effects);
  }

  /** Nothing changes. */
  static <S, E> Step<S, E> stay(S state) {
    return new Step<>(state, List.of());
  }
}
