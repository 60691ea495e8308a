// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollway.loop.NettyLoops;
import tollway.stun.StunAlternate;
import tollway.stun.StunResponder;

final class ExaminationsTest {
  private static final ExamPace PACE = new ExamPace(5, Duration.ofSeconds(5), Duration.ofMillis(1));

  /** For those who are silent. */
  private static final ExamPace IMPATIENT =
      new ExamPace(5, Duration.ofMillis(700), Duration.ofMillis(1));

  private final NettyLoops loops = new NettyLoops(1);

  @AfterEach
  void close() {
    loops.close();
  }

  private Examination examine(InetSocketAddress server, ExamPace pace) throws Exception {
    try (Examinations examinations = new Examinations(loops.next(), pace)) {
      return examinations.examine(server).get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void findsAnHonestServerGood() throws Exception {
    try (ScriptedServer honest = ScriptedServer.on(ScriptedServer.Kind.HONEST, "127.0.0.1")) {
      Examination found = examine(honest.address(), PACE);

      assertThat(found.verdict()).isEqualTo(Verdict.GOOD);
      assertThat(found.rounds().asked()).isEqualTo(5);
      assertThat(found.rounds().answered()).isEqualTo(5);
      assertThat(found.rounds().fastest()).isPositive().isLessThan(Duration.ofSeconds(5));
      assertThat(found.rounds().median()).isGreaterThanOrEqualTo(found.rounds().fastest());
      Examination.Said said = found.said().orElseThrow();
      assertThat(said.mapped()).isEqualTo(said.local());
      assertThat(said.fingerprint()).isTrue();
      assertThat(said.discovery()).isEqualTo(Examination.Discovery.NO);
      assertThat(honest.asked()).isEqualTo(5);
    }
  }

  @Test
  void seesWhetherAServerHelpsToFindOutAboutNats() throws Exception {
    StunAlternate alternate = StunAlternate.at(new InetSocketAddress("127.0.0.2", 0));
    try (StunResponder responder =
        StunResponder.bind(
            loops,
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            Optional.of(alternate))) {
      Examination found = examine(responder.addresses().get(0), PACE);
      assertThat(found.said().orElseThrow().discovery()).isEqualTo(Examination.Discovery.PROVED);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GARBAGE, GARBAGE, no STUN: its first two bits are not zero",
    "WRONG_ID, GARBAGE, a transaction id that nobody asked with",
    "SMUDGED, GARBAGE, no STUN: the fingerprint is wrong",
    "SILENT, SILENT, no answer to 3 questions",
    "REFUSING, REFUSED, 401",
    "EMPTY, NO_ADDRESS, answers without XOR-MAPPED-ADDRESS",
    "FICKLE, UNSTEADY, tells the same socket now one address and now another",
    "DEAF, UNSTEADY, answers 2 of 5 questions",
  })
  void findsOutWhoIsNoGood(ScriptedServer.Kind kind, Verdict verdict, String why) throws Exception {
    try (ScriptedServer server = ScriptedServer.on(kind, "127.0.0.1")) {
      Examination found = examine(server.address(), IMPATIENT);
      assertThat(found.verdict()).isEqualTo(verdict);
      assertThat(found.why()).startsWith(why == null ? "" : why);
      assertThat(found.said()).isEmpty();
    }
  }

  @Test
  void aHostThatCannotBeSentToIsSaidToBeSo() throws Exception {
    Examination found = examine(new InetSocketAddress("255.255.255.255", 3478), IMPATIENT);
    assertThat(found.verdict()).isEqualTo(Verdict.UNREACHABLE);
    assertThat(found.why()).contains("255.255.255.255");
  }

  @Test
  void asksAllAtOnceFromOneSocket() throws Exception {
    try (ScriptedServer one = ScriptedServer.on(ScriptedServer.Kind.HONEST, "127.0.0.1");
        ScriptedServer two = ScriptedServer.on(ScriptedServer.Kind.HONEST, "127.0.0.2");
        Examinations examinations = new Examinations(loops.next(), PACE)) {
      CompletableFuture<Examination> first = examinations.examine(one.address());
      CompletableFuture<Examination> second = examinations.examine(two.address());
      assertThat(first.get(60, TimeUnit.SECONDS).said().orElseThrow().mapped())
          .isEqualTo(second.get(60, TimeUnit.SECONDS).said().orElseThrow().mapped());
    }
  }
}
