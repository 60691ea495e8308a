// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.loop.NettyLoops;
import tollway.shaping.Rate;

/** Measurements against a real egress, by people who may ask for too much. */
final class SpeedTestTest {
  private static final Identity IDENTITY = Identity.generate(new SecureRandom());
  private static final StreamHeader.SpeedTest.Kind DOWN = StreamHeader.SpeedTest.Kind.DOWN;

  private final NettyLoops loops = new NettyLoops(1);
  private final NettyLoops far = new NettyLoops(1);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    far.close();
    loops.close();
  }

  @Test
  void whatIsMeasuredIsWhatOnePersonMayTake() throws Exception {
    SpeedResult measured = person(limits(Optional.of(Rate.ofMbit(16)))).speedTest(1);
    // A machine that does something else besides may be slower, but never faster than the rate.
    assertThat(measured.down().bitsPerSecond()).isBetween(1e6, 20e6);
    assertThat(measured.up().bitsPerSecond()).isBetween(0.2e6, 20e6);
    assertThat(measured.up().loss()).isPresent();
    assertThat(measured.paths()).isEqualTo(1);
    assertThat(measured.leastMillis()).isPositive().isLessThanOrEqualTo(measured.medianMillis());
    assertThat(measured.jitterMillis()).isNotNegative();
  }

  @Test
  void aThirdAtOnceIsRefusedUntilOneHasEnded() throws Exception {
    Uplink.Person mallory = person(limits(Optional.of(Rate.ofMbit(1))));
    Visit first = mallory.measure(DOWN, 30);
    Visit second = mallory.measure(DOWN, 30);
    Await.until("both run", () -> first.stream().isActive() && second.received() > 0);
    assertThat(mallory.measure(DOWN, 30).refusal().status()).hasValue(StreamAnswer.Status.BUSY);
    Relay.abort(first.stream());
    Await.until(
        "there is room again",
        () -> !mallory.measure(StreamHeader.SpeedTest.Kind.ECHO, 1).isRefused());
  }

  @Test
  void aTestEndsByItselfAndAnEchoIsSmall() throws Exception {
    Uplink.Person mallory = person(limits(Optional.of(Rate.ofMbit(1))));
    Visit down = mallory.measure(DOWN, 1);
    Await.until("the source has ended", () -> down.stream().isInputShutdown());
    Visit echo = mallory.measure(StreamHeader.SpeedTest.Kind.ECHO, 30);
    echo.send(Unpooled.wrappedBuffer(new byte[(int) ExitSpeedTest.MOST_ECHOED + 1]));
    echo.awaitEnd();
  }

  @Test
  void anOperatorMayRefuse() throws Exception {
    Uplink.Person alice = person(limits(Optional.empty()).withoutSpeedTests());
    assertThatThrownBy(() -> alice.speedTest(1))
        .rootCause()
        .hasMessage("the egress does no speed tests");
  }

  private static EgressLimits limits(Optional<Rate> perSession) {
    SessionLimits session = new SessionLimits(64, 100, 2, perSession, Duration.ofMinutes(1));
    return new EgressLimits(64, 64, 256, 64, 8, 1024, 512, 16, Optional.empty(), session);
  }

  private Uplink.Person person(EgressLimits limits) throws Exception {
    EgressServer egress =
        EgressServer.start(
            loops,
            IDENTITY,
            EgressCycles.onLoopback(new DialPolicy(false, Set.of(), own -> false), limits));
    open.add(0, egress);
    Uplink uplink = new Uplink(far.next(), egress.address().getPort());
    open.add(0, uplink);
    Uplink.Person person = uplink.awaitUp().person(IDENTITY.nodeId()).awaitReady();
    open.add(0, person);
    return person;
  }
}
