// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import tollway.signaling.Signal;

/** What was refused and whom we cut off since the start. Any thread. */
final class Counters {
  /** Why a connection was ended without a word. */
  enum Cut {
    /** There are too many connections. */
    OVERFULL,

    /** Too many come from where it comes from. */
    TOO_OFTEN,

    /** It sends far more of what HTTP/2 says besides requests than anybody needs. */
    TOO_FAST,

    /** It did not say in time who it is. */
    UNPROVED,
    SILENT,
    /** The same process came by another connection. */
    REPLACED,
    NOT_READING,
    /** It was refused and did not close. */
    LINGERING
  }

  private final Map<Cut, LongAdder> cuts = new EnumMap<>(Cut.class);
  private final Map<Signal.Code, LongAdder> refusals = new EnumMap<>(Signal.Code.class);

  Counters() {
    for (Cut why : Cut.values()) {
      cuts.put(why, new LongAdder());
    }
    for (Signal.Code code : Signal.Code.values()) {
      refusals.put(code, new LongAdder());
    }
  }

  void cut(Cut why) {
    count(cuts, why);
  }

  void refused(Signal.Code code) {
    count(refusals, code);
  }

  /** In the Prometheus text format. */
  String text() {
    return family("freddie_refusals_total", "code", refusals)
        + family("freddie_cut_off_total", "why", cuts);
  }

  private static <K> void count(Map<K, LongAdder> family, K key) {
    LongAdder counter = family.get(key);
    if (counter != null) {
      counter.increment();
    }
  }

  private static <K extends Enum<K>> String family(
      String name, String label, Map<K, LongAdder> family) {
    StringBuilder text = new StringBuilder("# TYPE " + name + " counter\n");
    family.forEach(
        (key, count) ->
            text.append(
                "%s{%s=\"%s\"} %d\n"
                    .formatted(name, label, key.name().toLowerCase(Locale.ROOT), count.sum())));
    return text.toString();
  }
}
