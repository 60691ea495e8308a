// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.pipeline.AccessTokens;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopConfig;
import tollway.pipeline.DesktopListener;
import tollway.pipeline.DesktopStep;
import tollway.pipeline.DialPolicy;
import tollway.pipeline.DirectUse;
import tollway.pipeline.EgressConfig;
import tollway.pipeline.EgressDoor;
import tollway.pipeline.EgressLimits;
import tollway.pipeline.EgressServer;
import tollway.pipeline.EgressStatus;
import tollway.pipeline.Invite;
import tollway.pipeline.Standing;
import tollway.pipeline.StunChoice;
import tollway.pipeline.TrustedRoots;
import tollway.pipeline.UdpPorts;
import tollway.pipeline.Widget;
import tollway.pipeline.WidgetConfig;
import tollway.pipeline.WidgetLimits;
import tollway.pipeline.WidgetListener;
import tollway.pipeline.WidgetVia;
import tollway.reach.ReachConfig;
import tollway.session.TransportKind;

/** Desktops and volunteers that are told to stop at any moment of their lives, in any order. */
final class StartStopIT {
  /** What is promised; one of many may be held up by another process of this machine. */
  private static final Duration BOUND = Duration.ofMillis(500);

  private static final Duration HELD_UP = Duration.ofSeconds(3);
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path directory;

  private final List<Duration> stops = Collections.synchronizedList(new ArrayList<>());
  private Chain chain;
  private NettyLoops far;
  private NettyLoops near;
  private NettyEventLoop volunteers;
  private EgressServer egress;
  private Invite invite;

  @BeforeEach
  void startServers() throws Exception {
    chain = new Chain(directory);
    URI freddie = URI.create(Chain.text(chain.freddie().event("ready"), "url"));
    far = new NettyLoops(1);
    near = new NettyLoops(1);
    volunteers = near.next();
    Identity identity = Identity.generate(new SecureRandom());
    egress =
        EgressServer.start(
            far,
            identity,
            new EgressConfig(
                new EgressDoor(ANY_PORT, Optional.empty(), AccessTokens.NONE, List.of()),
                new DialPolicy(true, Set.of(), own -> false),
                Optional.empty(),
                EgressLimits.DEFAULT));
    invite =
        new Invite(
            identity.nodeId(),
            List.of(URI.create("ws://localhost:" + egress.address().getPort())),
            List.of(freddie),
            List.of(),
            Optional.empty());
  }

  @AfterEach
  void stopServers() {
    egress.close();
    near.close();
    far.close();
    chain.close();
  }

  @Test
  void anyMomentIsAGoodOneToLeave() throws Exception {
    PrintStream usual = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      life(new Random(0), Moment.READY, true); // What is made once has been made.
      Await.until("the first have gone", this::isEmpty);
      int threads = Thread.activeCount();
      stops.clear();
      for (int seed = 1; seed <= 10; seed++) {
        List<Moment> moments = List.of(Moment.values());
        life(new Random(seed), moments.get(seed % moments.size()), seed % 2 == 0);
      }
      Await.until("everybody has gone", this::isEmpty);
      Await.until("nothing is waited for", () -> timers() == 0);
      Await.until("no thread is left", () -> Thread.activeCount() <= threads);
      System.gc(); // Buffers that nobody released are found out, and told of by the next ones.
      life(new Random(0), Moment.READY, false);
    } finally {
      System.setErr(usual);
    }
    assertThat(stops).hasSize(22).allMatch(took -> took.compareTo(HELD_UP) < 0);
    assertThat(stops.stream().filter(took -> took.compareTo(BOUND) > 0).toList())
        .as("slower than promised")
        .hasSizeLessThanOrEqualTo(1);
    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("LEAK");
  }

  @Test
  void startAndStopMayComeTwiceAndInTheWrongOrder() throws Exception {
    Widget widget = widget();
    onLoop(
        () -> {
          widget.close();
          widget.start();
          widget.start();
          widget.close();
          return widget;
        });
    Widget twice = widget();
    onLoop(
        () -> {
          twice.start();
          twice.start();
          return twice;
        });
    Await.until("one volunteer is there", () -> status().volunteers() == 1);
    onLoop(
        () -> {
          twice.close();
          twice.close();
          twice.pause();
          return twice;
        });
    Desktop desktop = desktop(new Watch());
    CompletableFuture<Void> first = desktop.close();
    CompletableFuture<Void> second = desktop.close();
    CompletableFuture.allOf(first, second).get(10, TimeUnit.SECONDS);
    desktop.close().get(10, TimeUnit.SECONDS);
    Await.until("everybody has gone", this::isEmpty);
    Await.until("nothing is waited for", () -> timers() == 0);
  }

  /** How far a desktop has come when somebody is told to stop. */
  private enum Moment {
    AT_ONCE,
    FOUND,
    OPEN,
    ATTACHED,
    READY
  }

  /** One desktop and one volunteer, who part a little after {@code moment}. */
  private void life(Random chance, Moment moment, boolean desktopFirst) throws Exception {
    Widget widget = widget();
    volunteers.execute(widget::start);
    Watch watch = new Watch();
    Desktop desktop = desktop(watch);
    watch.await(moment);
    CompletableFuture<Void> now = new CompletableFuture<>();
    volunteers.schedule(Duration.ofMillis(chance.nextInt(30)), () -> now.complete(null));
    now.get(10, TimeUnit.SECONDS);
    if (desktopFirst) {
      stop(desktop);
      stop(widget);
    } else {
      stop(widget);
      stop(desktop);
    }
  }

  private void stop(Desktop desktop) throws Exception {
    long begun = System.nanoTime();
    desktop.close().get(10, TimeUnit.SECONDS);
    stops.add(Duration.ofNanos(System.nanoTime() - begun));
  }

  private void stop(Widget widget) throws Exception {
    long begun = System.nanoTime();
    onLoop(
        () -> {
          widget.close();
          return widget;
        });
    stops.add(Duration.ofNanos(System.nanoTime() - begun));
  }

  private Widget widget() {
    return Widget.create(
        volunteers,
        new WidgetConfig(
            List.of(invite),
            ReachConfig.PLAIN,
            WidgetVia.EGRESS,
            WidgetLimits.ofSlots(2),
            "",
            TrustedRoots.SYSTEM,
            UdpPorts.ANY,
            false,
            true,
            StunChoice.USUAL),
        Identity.generate(new SecureRandom()),
        new Unheard());
  }

  private Desktop desktop(Watch watch) throws Exception {
    return Desktop.start(
        near,
        new DesktopConfig(
            invite,
            Optional.of(ANY_PORT),
            Optional.empty(),
            2,
            1,
            false,
            Optional.empty(),
            Optional.empty(),
            ReachConfig.PLAIN,
            DirectUse.NEVER,
            UdpPorts.ANY,
            true,
            StunChoice.USUAL),
        watch);
  }

  private EgressStatus status() throws Exception {
    CompletableFuture<EgressStatus> status = new CompletableFuture<>();
    egress.status(status::complete);
    return status.get(30, TimeUnit.SECONDS);
  }

  private boolean isEmpty() throws Exception {
    EgressStatus now = status();
    // A session whose handshake was not over cannot be told that its desktop leaves.
    return now.volunteers() == 0 && now.paths() == 0;
  }

  /** Of the loop on which desktops and volunteers live. */
  private int timers() throws Exception {
    Method queue = AbstractScheduledEventExecutor.class.getDeclaredMethod("scheduledTaskQueue");
    queue.setAccessible(true);
    return onLoop(() -> ((Collection<?>) queue.invoke(volunteers.netty())).size());
  }

  private <T> T onLoop(Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    volunteers.execute(
        () -> {
          try {
            done.complete(task.call());
          } catch (Exception | Error failed) {
            done.completeExceptionally(failed);
          }
        });
    return done.get(30, TimeUnit.SECONDS);
  }

  /** How far a desktop has come. */
  private static final class Watch implements DesktopListener {
    private final Map<Moment, CompletableFuture<Void>> reached = new EnumMap<>(Moment.class);

    Watch() {
      for (Moment each : Moment.values()) {
        reached.put(each, new CompletableFuture<>());
      }
      now(Moment.AT_ONCE);
    }

    void await(Moment moment) throws Exception {
      CompletableFuture<Void> future = reached.get(moment);
      if (future != null) {
        future.get(30, TimeUnit.SECONDS);
      }
    }

    private void now(Moment moment) {
      CompletableFuture<Void> future = reached.get(moment);
      if (future != null) {
        future.complete(null);
      }
    }

    @Override
    public void reached(DesktopStep step) {
      now(
          switch (step) {
            case VOLUNTEER_FOUND -> Moment.FOUND;
            case CHANNEL_OPEN -> Moment.OPEN;
            case PATH_ATTACHED -> Moment.ATTACHED;
          });
    }

    @Override
    public void connected(TransportKind transport) {
      now(Moment.READY);
    }

    @Override
    public void disconnected(String why) {
      // So be it.
    }

    @Override
    public void trouble(String what) {
      // So be it.
    }
  }

  /** Nobody listens to the volunteer. */
  private static final class Unheard implements WidgetListener {
    @Override
    public void readiness(boolean ready, String why) {
      // So be it.
    }

    @Override
    public void helping(int helped, String what) {
      // So be it.
    }

    @Override
    public void limited(Standing standing) {
      // So be it.
    }
  }
}
