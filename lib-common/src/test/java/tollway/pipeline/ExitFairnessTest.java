// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.loop.NettyLoops;
import tollway.shaping.Rate;

/** A session with many streams and one with a single stream, wherever it is narrow. */
final class ExitFairnessTest {
  private static final Identity IDENTITY = Identity.generate(new SecureRandom());
  private static final int MANY = 60;
  private static final Duration SPAN = Duration.ofSeconds(3);

  private final NettyLoops loops = new NettyLoops(2);
  private final NettyLoops far = new NettyLoops(2);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    far.close();
    loops.close();
  }

  @Test
  void whenTheExitIsNarrowEachSessionGetsTheSame() throws Exception {
    EgressServer egress = egress(Optional.of(Rate.ofMbit(32)), Optional.empty());
    Shares shares = shares(uplink(egress.address().getPort()), uplink(egress.address().getPort()));
    assertThat(shares.greedy() + shares.modest()).isBetween(3.4e6, 4.6e6);
    assertThat(shares.modest() / shares.greedy()).isBetween(0.75, 1.35);
  }

  @Test
  void whenTheVolunteerIsNarrowEachSessionGetsTheSame() throws Exception {
    EgressServer egress = egress(Optional.empty(), Optional.empty());
    NarrowLink link = keep(new NarrowLink(egress.address(), 3_000_000));
    Uplink both = uplink(link.port());
    Shares shares = shares(both, both);
    assertThat(shares.modest() / shares.greedy()).isBetween(0.4, 2.5);
  }

  @Test
  void noSessionGetsMoreThanItsOwnRate() throws Exception {
    EgressServer egress = egress(Optional.empty(), Optional.of(Rate.ofMbit(8)));
    Shares shares = shares(uplink(egress.address().getPort()), uplink(egress.address().getPort()));
    assertThat(shares.greedy()).isBetween(0.8e6, 1.2e6);
    assertThat(shares.modest()).isBetween(0.8e6, 1.2e6);
  }

  /** In bytes per second. */
  private record Shares(double greedy, double modest) {}

  private Shares shares(Uplink one, Uplink other) throws Exception {
    Source source = keep(new Source(true));
    Uplink.Person greedy = keep(one.person(IDENTITY.nodeId()).awaitReady());
    Uplink.Person modest = keep(other.person(IDENTITY.nodeId()).awaitReady());
    List<Visit> many = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      many.add(greedy.visit(source.at()));
    }
    for (Visit each : many) {
      each.stream();
    }
    Visit single = modest.visit(source.at());
    Await.until("both receive", () -> single.received() > 500_000 && sum(many) > 500_000);
    long greedyBefore = sum(many);
    long modestBefore = single.received();
    long start = System.nanoTime();
    Await.until("some time has passed", () -> System.nanoTime() - start > SPAN.toNanos());
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Shares(
        (sum(many) - greedyBefore) / seconds, (single.received() - modestBefore) / seconds);
  }

  private static long sum(List<Visit> visits) {
    return visits.stream().mapToLong(Visit::received).sum();
  }

  private EgressServer egress(Optional<Rate> total, Optional<Rate> perSession) throws Exception {
    return keep(
        EgressServer.start(
            loops,
            IDENTITY,
            EgressCycles.onLoopback(
                new DialPolicy(true, Set.of(), own -> false),
                new EgressLimits(
                    64,
                    64,
                    256,
                    64,
                    8,
                    1024,
                    512,
                    16,
                    total,
                    new SessionLimits(1024, 100, 2, perSession, Duration.ofMinutes(1))))));
  }

  private Uplink uplink(int port) throws Exception {
    return keep(new Uplink(far.next(), port)).awaitUp();
  }

  private <T extends AutoCloseable> T keep(T opened) {
    open.add(opened);
    return opened;
  }

  /** A TCP connection that carries so many bytes a second towards whoever connects, and no more. */
  private static final class NarrowLink implements AutoCloseable {
    private static final int BUFFER = 32 << 10;

    private final ServerSocket listener;
    private final int rate;

    NarrowLink(InetSocketAddress to, int rate) throws IOException {
      this.rate = rate;
      listener = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
      thread(
          () -> {
            try (Socket near = listener.accept();
                Socket distant = new Socket()) {
              distant.setReceiveBufferSize(BUFFER);
              distant.setTcpNoDelay(true);
              near.setTcpNoDelay(true);
              distant.connect(to);
              thread(() -> copy(near, distant, Integer.MAX_VALUE));
              copy(distant, near, this.rate);
            } catch (IOException closed) {
              // The test is over.
            }
          });
    }

    int port() {
      return listener.getLocalPort();
    }

    private static void copy(Socket from, Socket to, int rate) {
      byte[] buffer = new byte[BUFFER / 2];
      long start = System.nanoTime();
      long carried = 0;
      try {
        for (int n = from.getInputStream().read(buffer);
            n >= 0;
            n = from.getInputStream().read(buffer)) {
          to.getOutputStream().write(buffer, 0, n);
          carried += n;
          long due = start + (long) (carried * 1e9 / rate);
          for (long now = System.nanoTime(); now - due < 0; now = System.nanoTime()) {
            LockSupport.parkNanos(due - now);
          }
        }
      } catch (IOException closed) {
        // The test is over.
      }
    }

    private static void thread(Runnable body) {
      Thread thread = new Thread(body, "narrow link");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
