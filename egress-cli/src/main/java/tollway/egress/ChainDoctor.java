// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
import tollway.reach.Reach;
import tollway.reach.ReachConfig;

/** Goes the way of a desktop with a desktop, and tells of each leg how it was. */
final class ChainDoctor {
  /** From the start, so that all together stays within what is promised. */
  private static final Duration WELCOME = Duration.ofSeconds(5);

  private static final Duration MATCH = Duration.ofSeconds(5);
  private static final Duration SESSION = Duration.ofMillis(10_500);
  private static final Duration DIAL = Duration.ofSeconds(13);

  private final Invite invite;
  private final ReachConfig reaching;
  private final Reach reach;
  private final Optional<Destination> target;
  private final boolean showAddress;
  private final boolean includeLoopback;
  private final DesktopWatch watch;
  private final Legs legs;

  ChainDoctor(
      Invite invite,
      ReachConfig reaching,
      Optional<Destination> target,
      boolean showAddress,
      boolean includeLoopback) {
    this.invite = invite;
    this.reaching = reaching;
    reach = Reach.open(reaching, invite.freddies());
    this.target = target;
    this.showAddress = showAddress;
    this.includeLoopback = includeLoopback;
    watch = new DesktopWatch(reach.routes().size());
    legs = new Legs(watch::pathFailure);
  }

  List<Check> checks() throws ListenException, InterruptedException {
    try (NettyLoops loops = new NettyLoops(1)) {
      FreddieProbes probes = new FreddieProbes(loops.next(), reach, WELCOME);
      Desktop desktop =
          Desktop.start(
              loops,
              // It is the volunteers' way that is looked at.
              DesktopConfig.toLook(invite, reaching, DirectUse.NEVER, includeLoopback),
              watch);
      try {
        probes.tell(legs);
        goThrough(desktop);
      } finally {
        desktop.close().join();
      }
    }
    return legs.rows();
  }

  private void goThrough(Desktop desktop) throws InterruptedException {
    legs.signalling(watch.welcomed(), WELCOME);
    int stunAt = legs.rows().size();
    StunSurvey stun =
        new StunSurvey(
            desktop.loop(), Stream.concat(offeredStun().stream(), invite.stunServers().stream()));
    legs.leg(
        "volunteer",
        "somebody has to run 'egress widget' with this invite, and must reach the egress",
        () -> {
          legs.await(
              watch.step(DesktopStep.VOLUNTEER_FOUND),
              legs.sinceStart().plus(MATCH),
              "freddie finds no volunteer for this egress within " + MATCH.toSeconds() + " s");
          return Check.ok("volunteer", "freddie found one");
        });
    legs.leg(
        "data channel",
        "UDP is blocked here or at the volunteer, or both NATs are symmetric; try another network",
        () -> {
          legs.await(watch.step(DesktopStep.CHANNEL_OPEN), SESSION, "none opens in time");
          return Check.ok("data channel", "open to a volunteer");
        });
    legs.leg(
        "egress path",
        "the volunteer has lost the egress; try again, and ask its operator",
        this::path);
    legs.leg(
        "egress identity",
        "try again, and ask its operator",
        () ->
            legs.identity(
                watch,
                SESSION,
                "a volunteer leads you astray, or the egress has a new key: get a new invite"));
    legs.leg(
        "dial",
        "the egress's DNS may be broken, or the host silent; try another --target",
        () -> dial(desktop));
    boolean told = watch.welcomed().isDone() && !watch.welcomed().isCompletedExceptionally();
    boolean channel = watch.step(DesktopStep.CHANNEL_OPEN).isDone();
    legs.rows()
        .add(
            stunAt,
            stun.isEmpty() && !told
                ? Check.skip("stun", "no freddie told us of a server")
                : stun.check(channel, showAddress));
  }

  private Check path() throws IOException, InterruptedException {
    try {
      legs.await(
          watch.step(DesktopStep.PATH_ATTACHED), SESSION, "no egress answers over the volunteer");
    } catch (DesktopWatch.WrongPinException wrong) {
      // An egress answers. Which one is the next leg.
    }
    return Check.ok("egress path", "an egress answers over the volunteer");
  }

  private Check dial(Desktop desktop) throws IOException, InterruptedException {
    Destination destination = target.orElseGet(this::firstFreddie);
    String at = destination.host() + " port " + destination.port();
    StreamAnswer answer =
        legs.await(
            desktop.probe(destination), DIAL, "no word of " + at + " from the egress in time");
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
}
