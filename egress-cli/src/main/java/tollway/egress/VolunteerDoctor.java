// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tollway.console.Check;
import tollway.identity.Identity;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.loop.Timer;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopConfig;
import tollway.pipeline.DirectUse;
import tollway.pipeline.Invite;
import tollway.pipeline.StunChoice;
import tollway.pipeline.TrustedRoots;
import tollway.pipeline.UdpPorts;
import tollway.pipeline.Widget;
import tollway.pipeline.WidgetConfig;
import tollway.pipeline.WidgetLimits;
import tollway.pipeline.WidgetStatus;
import tollway.pipeline.WidgetVia;
import tollway.reach.Reach;
import tollway.reach.ReachConfig;

/** Goes the ways of a widget, with one that takes nobody, and tells of each leg how it was. */
final class VolunteerDoctor {
  /** From the start, so that all together stays within what is promised. */
  private static final Duration WELCOME = Duration.ofSeconds(5);

  private static final Duration LINKS = Duration.ofSeconds(8);
  private static final Duration SESSION = Duration.ofMillis(11_500);
  private static final Duration LOOK = Duration.ofMillis(50);

  private final List<Invite> invites;
  private final ReachConfig reaching;
  private final Reach reach;
  private final WidgetVia via;
  private final TrustedRoots roots;
  private final boolean showAddress;
  private final WidgetWatch watch;
  private final Legs legs = new Legs(() -> "");

  VolunteerDoctor(
      List<Invite> invites,
      ReachConfig reaching,
      WidgetVia via,
      TrustedRoots roots,
      boolean showAddress) {
    this.invites = invites;
    this.reaching = reaching;
    reach = Reach.open(reaching, freddies());
    this.via = via;
    this.roots = roots;
    this.showAddress = showAddress;
    watch = new WidgetWatch(reach.routes().size());
  }

  List<Check> checks() throws ListenException, InterruptedException {
    try (NettyLoops loops = new NettyLoops(1)) {
      NettyEventLoop loop = loops.next();
      FreddieProbes probes = new FreddieProbes(loop, reach, WELCOME);
      Widget widget =
          Widget.create(
              loop,
              new WidgetConfig(
                  invites,
                  reaching,
                  via,
                  WidgetLimits.ofSlots(1),
                  "",
                  roots,
                  UdpPorts.ANY,
                  false,
                  false,
                  StunChoice.USUAL),
              Identity.generate(new SecureRandom()),
              watch);
      loop.execute(
          () -> {
            widget.start();
            widget.pause(); // Before it could have told freddie that it helps.
          });
      try {
        probes.tell(legs);
        legs.signalling(watch.welcomed(), WELCOME);
        legs.broken(false); // The way to the egress is another one.
        stun(loop);
        egresses(loops, widget, loop);
      } finally {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.execute(
            () -> {
              widget.close();
              closed.complete(null);
            });
        closed.join();
      }
    }
    return legs.rows();
  }

  private List<URI> freddies() {
    return invites.stream().flatMap(each -> each.freddies().stream()).distinct().toList();
  }

  private void stun(NettyEventLoop loop) throws InterruptedException {
    CompletableFuture<List<String>> welcomed = watch.welcomed();
    boolean told = welcomed.isDone() && !welcomed.isCompletedExceptionally();
    StunSurvey survey =
        new StunSurvey(
            loop,
            Stream.concat(
                told ? welcomed.join().stream() : Stream.of(),
                invites.stream().flatMap(each -> each.stunServers().stream())));
    legs.add(
        survey.isEmpty() && !told
            ? Check.skip("stun", "no freddie told us of a server")
            : survey.check(false, showAddress));
  }

  private void egresses(NettyLoops loops, Widget widget, NettyEventLoop loop)
      throws ListenException, InterruptedException {
    if (via == WidgetVia.VOLUNTEERS) {
      legs.add(Check.skip("egress", "not tried: another volunteer leads there"));
      return;
    }
    for (WidgetStatus.Egress link : links(widget, loop)) {
      String name = link.egress().brief();
      legs.add(
          link.up()
              ? Check.ok("egress", name + " takes our connection")
              : Check.fail(
                  "egress",
                  name + ": " + link.why(),
                  "does it run, is it blocked from here, has the token of the invite been withdrawn?"
                      + " Else '--via volunteers' needs no way there"));
      Optional<Invite> invite =
          invites.stream().filter(each -> each.egress().equals(link.egress())).findFirst();
      legs.broken(false); // Each egress is a way of its own.
      if (link.up() && invite.isPresent()) {
        identity(loops, invite.get());
      } else {
        legs.add(Check.skip("egress identity", "not tried"));
      }
    }
  }

  /** When all are connected, or have failed, or the time is over. */
  private List<WidgetStatus.Egress> links(Widget widget, NettyEventLoop loop)
      throws InterruptedException {
    int urls = invites.stream().mapToInt(each -> each.egressUrls().size()).sum();
    CompletableFuture<List<WidgetStatus.Egress>> found = new CompletableFuture<>();
    Timer look =
        loop.every(
            LOOK,
            () -> {
              List<WidgetStatus.Egress> now = widget.status().egresses();
              boolean late = legs.sinceStart().compareTo(LINKS) >= 0;
              if (late
                  || watch.refusals() >= urls
                  || now.stream().allMatch(WidgetStatus.Egress::up)) {
                found.complete(now);
              }
            });
    try {
      return legs.await(found, SESSION, "the loop does not answer");
    } catch (IOException stuck) {
      throw new IllegalStateException(stuck);
    } finally {
      look.cancel();
    }
  }

  private void identity(NettyLoops loops, Invite invite)
      throws ListenException, InterruptedException {
    if (!roots.added().isEmpty()) {
      legs.add(Check.skip("egress identity", "cannot be tried with --ca-file"));
      return;
    }
    DesktopWatch reached = new DesktopWatch(1);
    Desktop desktop =
        Desktop.start(
            loops,
            // As a person who needs no volunteer: it knows the pin.
            DesktopConfig.toLook(invite, ReachConfig.PLAIN, DirectUse.ONLY, false),
            reached);
    try {
      legs.leg(
          "egress identity",
          "try again, and ask its operator",
          () ->
              legs.identity(
                  reached,
                  SESSION,
                  "another egress is at that URL, or it has a new key: get a new invite"));
    } finally {
      desktop.close().join();
    }
  }
}
