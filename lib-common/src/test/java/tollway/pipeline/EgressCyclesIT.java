// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.loop.NettyLoops;

/** Two thousand volunteers and as many sessions come and go, at one egress. */
final class EgressCyclesIT {
  private static final Identity IDENTITY = Identity.generate(new SecureRandom());
  private static final int TOGETHER = 25;

  @Test
  void thousandsComeAndGoAndLeaveNothing() throws Exception {
    PrintStream usual = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try (NettyLoops loops = new NettyLoops(2);
        NettyLoops far = new NettyLoops(2);
        Source echo = new Source(false);
        EgressServer egress =
            EgressServer.start(
                loops,
                IDENTITY,
                new EgressConfig(
                    new EgressDoor(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Optional.empty(),
                        AccessTokens.NONE,
                        List.of()),
                    new DialPolicy(true, Set.of(), own -> false),
                    Optional.empty(),
                    EgressLimits.DEFAULT))) {
      cycle(egress, far, echo, 50); // What is made once has been made.
      Await.until("the first have gone", () -> isEmpty(egress));
      int threads = Thread.activeCount();
      cycle(egress, far, echo, 2000);
      Await.until("all have gone", () -> isEmpty(egress) && echo.open() == 0);
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
      assertThat(metrics(egress))
          .contains("egress_associations 0\n")
          .contains("egress_token_volunteers{token=\"default\"} 0\n")
          .contains("egress_token_connections_total{token=\"default\"} 2050\n");
      System.gc(); // Buffers that nobody released are found out, and told of by the next ones.
      cycle(egress, far, echo, 50);
    } finally {
      System.setErr(usual);
    }
    assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("LEAK");
  }

  /** Each comes by a WebSocket of their own, perhaps says something to a site, and leaves. */
  private static void cycle(EgressServer egress, NettyLoops far, Source echo, int times)
      throws Exception {
    for (int done = 0; done < times; done += TOGETHER) {
      List<Uplink> uplinks = new ArrayList<>();
      List<Uplink.Person> people = new ArrayList<>();
      for (int i = 0; i < TOGETHER; i++) {
        uplinks.add(new Uplink(far.next(), egress.address().getPort()));
      }
      for (Uplink each : uplinks) {
        people.add(each.awaitUp().person(IDENTITY.nodeId()));
      }
      for (int i = 0; i < TOGETHER; i++) {
        Visit visit = people.get(i).awaitReady().visit(echo.at());
        if (i % 3 == 0) {
          visit.send(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8));
        }
      }
      for (int i = 0; i < TOGETHER; i++) {
        people.get(i).close();
        uplinks.get(i).close();
      }
    }
  }

  private static boolean isEmpty(EgressServer egress) throws Exception {
    String now = metrics(egress);
    return List.of("connections", "volunteers", "sessions", "streams", "dials").stream()
        .allMatch(gauge -> now.contains("\negress_" + gauge + " 0\n"));
  }

  private static String metrics(EgressServer egress) throws Exception {
    CompletableFuture<String> text = new CompletableFuture<>();
    egress.metrics(text::complete);
    return text.get(30, TimeUnit.SECONDS);
  }
}
