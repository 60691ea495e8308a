// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tollway.crawl.Examination;
import tollway.crawl.Sweep;

/**
 * What came of a crawl.
 *
 * @param addresses of the ranges
 * @param from how many of them an interrupted crawl had asked
 * @param answered who answered the probe
 * @param found who was verified
 * @param listed how many good ones of these did not answer the probe, and were known from before
 * @param usable whether the list is new
 */
record CrawlSummary(
    long addresses,
    long from,
    int answered,
    Sweep.Result swept,
    List<Examination> found,
    long listed,
    boolean usable) {

  long good() {
    return found.stream().filter(Examination::isGood).count();
  }

  private Map<String, Long> bad() {
    return found.stream()
        .filter(each -> !each.isGood())
        .collect(
            Collectors.groupingBy(
                each -> each.verdict().text(), TreeMap::new, Collectors.counting()));
  }

  JsonObject json() {
    JsonObject whole = new JsonObject();
    whole.addProperty("addresses", addresses);
    whole.addProperty("resumed_after", from);
    whole.addProperty("unsent", swept.unsent());
    whole.addProperty("answered", answered);
    whole.addProperty("good", good());
    JsonObject bad = new JsonObject();
    bad().forEach(bad::addProperty);
    whole.add("bad", bad);
    whole.addProperty("usable", usable);
    return whole;
  }

  /** A sentence. */
  String text() {
    String earlier = listed == 0 ? "" : " (%d of them known from the list)".formatted(listed);
    String not =
        bad().entrySet().stream()
            .map(each -> each.getValue() + " " + each.getKey())
            .collect(Collectors.joining(", "));
    return "%d of %d addresses answer; %d good%s%s"
        .formatted(answered, addresses, good(), earlier, not.isEmpty() ? "" : "; not good: " + not);
  }

  /** What could not be sent, and why. */
  String unsent() {
    return "%d of %d probes could not be sent: %s"
        .formatted(swept.unsent(), addresses - from, swept.why());
  }
}
