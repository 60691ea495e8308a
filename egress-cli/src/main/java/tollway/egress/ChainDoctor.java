// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import tollway.console.Check;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopConfig;
import tollway.pipeline.DesktopStep;
import tollway.pipeline.Destination;
import tollway.pipeline.DirectUse;
import tollway.pipeline.Invite;
import tollway.pipeline.StreamAnswer;
import tollway.pipeline.UdpPorts;

/** Goes the way of a desktop with a desktop, and tells of each leg how it was. */
final class ChainDoctor {
  /** From the start, so that all together stays within what is promised. */
  private static final Duration WELCOME = Duration.ofSeconds(5);

  private static final Duration MATCH = Duration.ofSeconds(5);
  private static final Duration SESSION = Duration.ofMillis(10_500);
  private static final Duration DIAL = Duration.ofSeconds(13);
  private static final Duration CLOCK_ERROR = Duration.ofMinutes(5);

  private final Invite invite;
  private final Optional<Destination> target;
  private final boolean showAddress;
  private final boolean includeLoopback;
  private final long began = System.nanoTime();
  private final DesktopWatch watch;
  private final List<Check> checks = new ArrayList<>();
  private boolean broken;

  ChainDoctor(
      Invite invite, Optional<Destination> target, boolean showAddress, boolean includeLoopback) {
    this.invite = invite;
    this.target = target;
    this.showAddress = showAddress;
    this.includeLoopback = includeLoopback;
    watch = new DesktopWatch(invite.freddies().size());
  }

  /** One leg; fails by saying why. */
  private interface Leg {
    Check go() throws IOException, InterruptedException;
  }

  List<Check> checks() throws ListenException, InterruptedException {
    List<CompletableFuture<HttpProbe.Answer>> probes =
        invite.freddies().stream().map(url -> HttpProbe.health(url, WELCOME)).toList();
    try (NettyLoops loops = new NettyLoops(1)) {
      Desktop desktop =
          Desktop.start(
              loops,
              new DesktopConfig(
                  invite,
                  Optional.empty(),
                  Optional.empty(),
                  1,
                  1,
                  false,
                  Optional.empty(),
                  Optional.empty(),
                  DirectUse.NEVER, // It is the volunteers' way that is looked at.
                  UdpPorts.ANY,
                  includeLoopback),
              watch);
      try {
        freddies(probes);
        goThrough(desktop);
      } finally {
        desktop.close().join();
      }
    }
    return checks;
  }

  private void freddies(List<CompletableFuture<HttpProbe.Answer>> probes)
      throws InterruptedException {
    boolean reached = false;
    Optional<Instant> date = Optional.empty();
    for (int i = 0; i < probes.size(); i++) {
      URI url = invite.freddies().get(i);
      try {
        HttpProbe.Answer answer = await(probes.get(i), WELCOME, "no answer in time");
        date = date.or(answer::date);
        reached = true;
        checks.add(
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
        checks.add(
            probes.size() > 1
                ? Check.warn("freddie", text, remedy)
                : Check.fail("freddie", text, remedy));
      }
    }
    checks.add(clock(date));
    broken = !reached;
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

  private void goThrough(Desktop desktop) throws InterruptedException {
    leg(
        "signalling",
        "another program, or another version, may be at that URL; or this host or its network is"
            + " slow: try again",
        () -> {
          await(watch.welcomed(), WELCOME, "no freddie welcomes us in time");
          return Check.ok("signalling", "freddie welcomes us");
        });
    int stunAt = checks.size();
    StunSurvey stun =
        new StunSurvey(
            desktop.loop(), Stream.concat(offeredStun().stream(), invite.stunServers().stream()));
    leg(
        "volunteer",
        "somebody has to run 'egress widget' with this invite, and must reach the egress",
        () -> {
          await(
              watch.step(DesktopStep.VOLUNTEER_FOUND),
              sinceStart().plus(MATCH),
              "freddie finds no volunteer for this egress within " + MATCH.toSeconds() + " s");
          return Check.ok("volunteer", "freddie found one");
        });
    leg(
        "data channel",
        "UDP is blocked here or at the volunteer, or both NATs are symmetric; try another network",
        () -> {
          await(watch.step(DesktopStep.CHANNEL_OPEN), SESSION, "none opens in time");
          return Check.ok("data channel", "open to a volunteer");
        });
    leg(
        "egress path",
        "the volunteer has lost the egress; try again, and ask its operator",
        this::path);
    leg("egress identity", "try again, and ask its operator", this::identity);
    leg(
        "dial",
        "the egress's DNS may be broken, or the host silent; try another --target",
        () -> dial(desktop));
    boolean channel = watch.step(DesktopStep.CHANNEL_OPEN).isDone();
    checks.add(
        stunAt,
        stun.isEmpty() && !watch.welcomed().isDone()
            ? Check.skip("stun", "no freddie told us of a server")
            : stun.check(channel, showAddress));
  }

  private Check path() throws IOException, InterruptedException {
    try {
      await(watch.step(DesktopStep.PATH_ATTACHED), SESSION, "no egress answers over the volunteer");
    } catch (DesktopWatch.WrongPinException wrong) {
      // An egress answers. Which one is the next leg.
    }
    return Check.ok("egress path", "an egress answers over the volunteer");
  }

  private Check identity() throws IOException, InterruptedException {
    try {
      await(watch.ready(), SESSION, "the egress does not answer the handshake in time");
      return Check.ok("egress identity", "the one that the invite pins; the session is ready");
    } catch (DesktopWatch.WrongPinException wrong) {
      return Check.fail(
          "egress identity",
          String.valueOf(wrong.getMessage()),
          "a volunteer leads you astray, or the egress has a new key: get a new invite");
    }
  }

  private Check dial(Desktop desktop) throws IOException, InterruptedException {
    Destination destination = target.orElseGet(this::firstFreddie);
    String at = destination.host() + " port " + destination.port();
    StreamAnswer answer =
        await(desktop.probe(destination), DIAL, "no word of " + at + " from the egress in time");
    return switch (answer.status()) {
      case CONNECTED -> Check.ok("dial", "the egress connects to " + at);
      case FORBIDDEN ->
          notDialled(
              "the egress's policy refuses " + at + ": " + answer.reason(),
              "choose another --target; what it refuses is up to its operator");
      case NO_SUCH_NAME ->
          Check.fail(
              "dial",
              "the egress's DNS does not find " + destination.host(),
              "does the name exist? Else its operator has to look at its DNS");
      case BUSY ->
          Check.fail("dial", "the egress has too much to do: " + answer.reason(), "try later");
      case BAD_HEADER ->
          Check.fail("dial", "the egress does not understand us", "one of us is too old: update");
      case UNREACHABLE, REFUSED, TIMED_OUT ->
          notDialled(
              "the egress does not reach " + at + ": " + answer.reason(),
              "try another --target, such as a site that is up");
    };
  }

  /** Of a destination that nobody asked for it says little that it cannot be dialled. */
  private Check notDialled(String text, String remedy) {
    return target.isPresent() ? Check.fail("dial", text, remedy) : Check.warn("dial", text, remedy);
  }

  private Destination firstFreddie() {
    URI url = invite.freddies().get(0);
    boolean secure = url.getScheme().toLowerCase(Locale.ROOT).matches("https|wss");
    int port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
    return new Destination(
        url.getHost().replaceFirst("^\\[(.*)]$", "$1").toLowerCase(Locale.ROOT), port);
  }

  private List<String> offeredStun() {
    CompletableFuture<List<String>> welcomed = watch.welcomed();
    return welcomed.isDone() && !welcomed.isCompletedExceptionally() ? welcomed.join() : List.of();
  }

  private void leg(String name, String remedy, Leg leg) throws InterruptedException {
    if (broken) {
      checks.add(Check.skip(name, "not tried"));
      return;
    }
    try {
      Check check = leg.go();
      broken = check.state() == Check.State.FAIL;
      checks.add(check);
    } catch (IOException why) {
      broken = true;
      String first = watch.pathFailure();
      String text = String.valueOf(why.getMessage());
      checks.add(Check.fail(name, first.isEmpty() ? text : text + "; " + first, remedy));
    }
  }

  private Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Waits until {@code end} after the start. */
  private <T> T await(CompletableFuture<T> future, Duration end, String silence)
      throws IOException, InterruptedException {
    try {
      long left = end.minus(sinceStart()).toNanos();
      return future.get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new IOException(silence, late);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException why) {
        throw why;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }
}
