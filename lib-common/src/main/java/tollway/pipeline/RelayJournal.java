// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.LocalDate;
import java.util.SortedMap;
import java.util.function.Consumer;

/** Where a volunteer writes down how much it relayed on which day, so that a quota holds. */
public interface RelayJournal {
  /** What an earlier run wrote last. */
  SortedMap<LocalDate, Long> earlier();

  /**
   * Begins to write {@code days} in place of all that was there; {@code done} hears on the widget's
   * loop whether they are safe.
   */
  void write(SortedMap<LocalDate, Long> days, Consumer<Boolean> done);
}
