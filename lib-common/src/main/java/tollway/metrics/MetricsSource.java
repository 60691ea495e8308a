// SPDX-License-Identifier: Apache-2.0
package tollway.metrics;

import java.util.List;
import java.util.function.Consumer;

/** Who measures. */
public interface MetricsSource {
  /** Begins to measure; {@code done} may hear of it later, once, on any thread. Any thread. */
  void measure(Consumer<List<Sample>> done);
}
