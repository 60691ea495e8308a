// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.HashMap;
import java.util.Map;

/**
 * The class of each neighbour below {@code 1:}, computed from its key, so that a restarted daemon
 * comes to the same numbers and takes over what it finds. Owned by one loop.
 */
public final class ClassNumbers {
  private static final int FIRST = 0x10;
  private static final int COUNT = 0xf000;

  private final Map<String, Integer> numbers = new HashMap<>();

  public int of(String key) {
    return numbers.computeIfAbsent(key, this::free);
  }

  public void forget(String key) {
    numbers.remove(key);
  }

  private int free(String key) {
    if (numbers.size() >= COUNT) {
      throw new IllegalStateException("more neighbours than classes");
    }
    int number = Math.floorMod(key.hashCode(), COUNT);
    while (numbers.containsValue(FIRST + number)) {
      number = (number + 1) % COUNT;
    }
    return FIRST + number;
  }
}
