// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tollway.console.Check;

/** Asks all freddies at once whether they are there, and for the time. */
final class FreddieProbes {
  private static final Duration CLOCK_ERROR = Duration.ofMinutes(5);

  private final List<URI> urls;
  private final Duration end;
  private final List<CompletableFuture<HttpProbe.Answer>> probes;

  /** Waits for answers until {@code end} after the doctor's start. */
  FreddieProbes(List<URI> urls, Duration end) {
    this.urls = urls;
    this.end = end;
    probes = urls.stream().map(url -> HttpProbe.health(url, end)).toList();
  }

  /** Adds a row for each of them and one for the clock; when none is there the way is broken. */
  void tell(Legs legs) throws InterruptedException {
    boolean reached = false;
    Optional<Instant> date = Optional.empty();
    for (int i = 0; i < probes.size(); i++) {
      URI url = urls.get(i);
      try {
        HttpProbe.Answer answer = legs.await(probes.get(i), end, "no answer in time");
        date = date.or(answer::date);
        reached = true;
        legs.add(
            answer.status() == 200
                ? Check.ok("freddie", url + " answers")
                : Check.warn(
                    "freddie",
                    url + " answers HTTP " + answer.status() + " to /healthz",
                    "is the URL right?"));
      } catch (IOException why) {
        String text = url + ": " + why.getMessage();
        String remedy = "is it blocked from here, does it run, is the URL in the invite right?";
        // Another freddie does as well.
        legs.add(
            probes.size() > 1
                ? Check.warn("freddie", text, remedy)
                : Check.fail("freddie", text, remedy));
      }
    }
    legs.add(clock(date));
    legs.broken(!reached);
  }

  private static Check clock(Optional<Instant> date) {
    if (date.isEmpty()) {
      return Check.skip("clock", "nobody told the time");
    }
    Duration ahead = Duration.between(date.get(), Instant.now());
    if (ahead.abs().compareTo(CLOCK_ERROR) <= 0) {
      return Check.ok("clock", "agrees with freddie's");
    }
    return Check.fail(
        "clock",
        "this host's is "
            + ahead.abs().toMinutes()
            + " minutes "
            + (ahead.isNegative() ? "behind" : "ahead of")
            + " freddie's",
        "set it, as by timedatectl set-ntp true");
  }
}
