// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tollway.console.Check;
import tollway.loop.NettyEventLoop;
import tollway.reach.ClientTls;
import tollway.reach.HttpGet;
import tollway.reach.Reach;
import tollway.reach.Route;

/** Asks all freddies at once whether they are there, and for the time. */
final class FreddieProbes {
  private static final Duration CLOCK_ERROR = Duration.ofMinutes(5);

  private static final int PAGE_LIMIT = 1 << 20;

  private final List<Route> routes;
  private final Duration end;
  private final List<CompletableFuture<HttpGet.Answer>> probes;

  /** Waits for answers until {@code end} after the doctor's start. */
  FreddieProbes(NettyEventLoop loop, Reach reach, Duration end) {
    this.routes = reach.routes();
    this.end = end;
    probes = routes.stream().map(route -> probe(loop, route, reach.tls())).toList();
  }

  /** Adds a row for each of them and one for the clock; when none is there the way is broken. */
  void tell(Legs legs) throws InterruptedException {
    boolean reached = false;
    Optional<Instant> date = Optional.empty();
    for (int i = 0; i < probes.size(); i++) {
      Route route = routes.get(i);
      try {
        HttpGet.Answer answer = legs.await(probes.get(i), end, "no answer in time");
        date = date.or(answer::date);
        reached = true;
        legs.add(
            answer.status() == 200
                ? Check.ok("freddie", route + " answers")
                : Check.warn(
                    "freddie",
                    route + " answers HTTP " + answer.status() + " to /healthz",
                    "is the URL right?"));
      } catch (IOException why) {
        String cause = String.valueOf(why.getMessage());
        String text = route + ": " + cause + by(route, cause);
        String remedy = remedy(route, cause);
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

  private static String by(Route route, String cause) {
    return route
        .upstream()
        .filter(proxy -> !cause.contains(proxy.toString()))
        .map(proxy -> ", by the proxy " + proxy)
        .orElse("");
  }

  private static String remedy(Route route, String cause) {
    if (route.upstream().isEmpty()) {
      return "is it blocked from here, does it run, is the URL in the invite right?";
    }
    if (cause.contains("user and a password")) {
      return "put USER:PASSWORD into a file, and name it with --signaling-proxy-user-file";
    }
    if (cause.contains("user and password")) {
      return "is what --signaling-proxy-user-file names right?";
    }
    return "is --signaling-proxy of that kind, and does it connect to freddie's port?";
  }

  private CompletableFuture<HttpGet.Answer> probe(NettyEventLoop loop, Route route, ClientTls tls) {
    CompletableFuture<HttpGet.Answer> answer = new CompletableFuture<>();
    loop.execute(
        () -> HttpGet.start(loop, route, tls, "/healthz", PAGE_LIMIT, end, new Awaited(answer)));
    return answer;
  }

  private record Awaited(CompletableFuture<HttpGet.Answer> future) implements HttpGet.Outcome {
    @Override
    public void answered(HttpGet.Answer answer) {
      future.complete(answer);
    }

    @Override
    public void failed(String why) {
      future.completeExceptionally(new IOException(why));
    }
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
