// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tollway.netstate.Cast.ALICE;
import static tollway.netstate.Cast.BOB;
import static tollway.netstate.Cast.active;
import static tollway.netstate.Cast.alice;
import static tollway.netstate.Cast.idle;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.ManualEventLoop;

/** Against a real HTTP server; only time is moved by hand. */
final class NetstateReporterTest {
  private static final ReportToken TOKEN = ReportToken.of("the-token-of-this-test");

  private final BlockingQueue<NetstateMessage> received = new LinkedBlockingQueue<>();
  private final ManualEventLoop loop = new ManualEventLoop();
  private HttpServer server;
  private NetstateReporter reporter;
  private volatile int status = 204;
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    listen(0);
    reporter = new NetstateReporter(config(server.getAddress().getPort()), loop, null);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void reportsEveryPeriod() {
    tell(alice());
    assertThat(received).hasSize(1);
    loop.advance(Duration.ofSeconds(6));
    assertThat(received)
        .hasSize(4)
        .extracting(message -> message.stamp().seqno())
        .containsExactly(1L, 2L, 3L, 4L);
    assertThat(received)
        .allSatisfy(message -> assertThat(message).isInstanceOf(NetstateMessage.State.class));
  }

  @Test
  void reportsNothingBeforeItIsTold() {
    loop.advance(Duration.ofMinutes(1));
    reporter.close();
    loop.runReady();
    assertThat(asked.get()).isZero();
  }

  @Test
  void reportsAChangeAtOnceAndGathersABurst() {
    tell(alice());
    loop.advance(Duration.ofMillis(500));
    tell(alice(idle(BOB, Role.WIDGET)));
    assertThat(received).hasSize(2);
    for (int i = 0; i < 50; i++) {
      tell(i % 2 == 0 ? alice() : alice(active(BOB, Role.WIDGET, i)));
      loop.advance(Duration.ofMillis(2));
    }
    assertThat(received).hasSize(2);
    loop.advance(Duration.ofMillis(200));
    assertThat(received).hasSize(3);
  }

  @Test
  void aNewRateWaitsForThePeriod() {
    tell(alice(active(BOB, Role.WIDGET, 1)));
    loop.advance(Duration.ofMillis(500));
    tell(alice(active(BOB, Role.WIDGET, 2)));
    assertThat(received).hasSize(1);
    loop.advance(Duration.ofMillis(1500));
    assertThat(received).hasSize(2);
    assertThat(
            ((NetstateMessage.State) received.toArray()[1])
                .report()
                .edges()
                .get(0)
                .bytesPerSecond())
        .isEqualTo(2);
  }

  @Test
  void saysGoodbyeAndThenNothing() {
    tell(alice());
    reporter.close();
    reporter.close();
    loop.runReady();
    tell(alice(idle(BOB, Role.WIDGET)));
    loop.advance(Duration.ofMinutes(1));
    assertThat(received).hasSize(2);
    assertThat(received.toArray()[1])
        .isInstanceOfSatisfying(
            NetstateMessage.Goodbye.class, bye -> assertThat(bye.node()).isEqualTo(ALICE));
    assertThat(loop.timers()).isZero();
  }

  @Test
  void asksARefusingServerLessAndLessOften() {
    status = 401;
    tell(alice());
    loop.advance(Duration.ofMinutes(1));
    assertThat(asked.get()).isBetween(6, 10); // After 2, 4, 8, then every 10 s.
    status = 204;
    loop.advance(Duration.ofSeconds(10));
    received.clear();
    loop.advance(Duration.ofSeconds(4));
    assertThat(received).hasSize(2);
  }

  @Test
  void findsAServerThatComesBack() throws IOException {
    int port = server.getAddress().getPort();
    server.stop(0);
    tell(alice());
    loop.advance(Duration.ofSeconds(3));
    listen(port);
    loop.advance(Duration.ofSeconds(10));
    assertThat(received).isNotEmpty();
  }

  @Test
  void aRedirectDoesNotGetTheToken() throws IOException {
    status = 307;
    tell(alice());
    loop.advance(Duration.ofSeconds(1));
    assertThat(asked.get()).isEqualTo(1);
    assertThat(received).isEmpty();
  }

  @Test
  void onItsOwnThreadReportsAndSaysGoodbye() throws InterruptedException {
    NetstateReporter own = NetstateReporter.start(config(server.getAddress().getPort()));
    own.update(alice());
    assertThat(received.poll(20, TimeUnit.SECONDS)).isInstanceOf(NetstateMessage.State.class);
    own.close();
    assertThat(received.poll(20, TimeUnit.SECONDS)).isInstanceOf(NetstateMessage.Goodbye.class);
  }

  @Test
  void refusesAddressesThatAreNone() {
    for (String wrong :
        List.of(
            "",
            "localhost:80",
            "ftp://localhost",
            "http://",
            "http://u:p@h/",
            "http://h/?q",
            "http://a b")) {
      assertThatThrownBy(() -> ReporterConfig.of(wrong, TOKEN))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(ReporterConfig.of("http://[::1]:80/map/", TOKEN).endpoint())
        .hasToString("http://[::1]:80/map/v1/report");
  }

  private void tell(NodeReport report) {
    reporter.update(report);
    loop.runReady();
    loop.advance(Duration.ZERO);
  }

  private void listen(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::onRequest);
    server.start();
  }

  private void onRequest(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.incrementAndGet();
      Bytes body = Bytes.of(exchange.getRequestBody().readAllBytes());
      if (!exchange.getRequestMethod().equals("POST")
          || !exchange.getRequestURI().getPath().equals("/v1/report")
          || !TOKEN.isIn(exchange.getRequestHeaders().getFirst("Authorization"))) {
        exchange.sendResponseHeaders(400, -1);
        return;
      }
      if (status == 204) {
        received.add(ReportCodec.decode(body));
      }
      exchange.getResponseHeaders().add("WWW-Authenticate", "Bearer");
      exchange.getResponseHeaders().add("Location", "/elsewhere");
      exchange.sendResponseHeaders(status, -1);
    } catch (MalformedBytesException malformed) {
      exchange.sendResponseHeaders(400, -1);
    }
  }

  private static ReporterConfig config(int port) {
    return ReporterConfig.of("http://127.0.0.1:" + port, TOKEN);
  }
}
