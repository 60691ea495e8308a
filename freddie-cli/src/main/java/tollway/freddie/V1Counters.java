// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What Unbounded clients asked and were answered since the start. Any thread. */
final class V1Counters {
  private static final List<String> METHODS = List.of("GET", "OPTIONS", "POST");
  private static final List<Integer> STATUSES = List.of(200, 400, 404, 405, 413, 418, 503);

  private final Map<String, LongAdder> requests = new TreeMap<>();
  private final Map<Integer, LongAdder> answers = new TreeMap<>();

  V1Counters() {
    METHODS.forEach(method -> requests.put(method, new LongAdder()));
    STATUSES.forEach(status -> answers.put(status, new LongAdder()));
  }

  void asked(String method) {
    count(requests.get(method));
  }

  void answered(int status) {
    count(answers.get(status));
  }

  /** In the Prometheus text format. */
  String text() {
    StringBuilder text = new StringBuilder("# TYPE freddie_v1_requests_total counter\n");
    requests.forEach(
        (method, count) ->
            text.append(
                "freddie_v1_requests_total{method=\"%s\"} %d\n".formatted(method, count.sum())));
    text.append("# TYPE freddie_v1_answers_total counter\n");
    answers.forEach(
        (status, count) ->
            text.append(
                "freddie_v1_answers_total{status=\"%d\"} %d\n".formatted(status, count.sum())));
    return text.toString();
  }

  private static void count(@Nullable LongAdder counter) {
    if (counter != null) {
      counter.increment();
    }
  }
}
