// SPDX-License-Identifier: Apache-2.0
package tollway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.loop.ListenException;

final class MetricsServerTest {
  private final List<Sample> samples = new ArrayList<>();
  private @org.jspecify.annotations.Nullable MetricsServer server;

  @BeforeEach
  void listen() throws Exception {
    server =
        MetricsServer.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            done -> done.accept(List.copyOf(samples)));
  }

  @AfterEach
  void close() {
    server().close();
  }

  private MetricsServer server() {
    return java.util.Objects.requireNonNull(server);
  }

  private String get(String request) throws IOException {
    try (Socket socket =
        new Socket(server().address().getAddress(), server().address().getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String page() throws IOException {
    return get("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  @Test
  void showsTheLatestSamplesAndNoOthers() throws Exception {
    samples.add(Sample.gauge("tollway.neighbors", "Neighbours.", 3).with("state", "SEEN"));
    samples.add(Sample.counter("tollway.sent.bytes", "Sent.", 12).with("key", "A\"b\\"));
    assertThat(page())
        .startsWith("HTTP/1.1 200 OK")
        .contains("content-type: text/plain; version=0.0.4")
        .contains("# HELP tollway_neighbors Neighbours.\n# TYPE tollway_neighbors gauge\n")
        .contains("tollway_neighbors{state=\"SEEN\"} 3.0\n")
        .contains("# TYPE tollway_sent_bytes_total counter\n")
        .contains("tollway_sent_bytes_total{key=\"A\\\"b\\\\\"} 12.0\n")
        .contains("process_uptime_seconds ");
    samples.clear();
    samples.add(Sample.gauge("tollway.neighbors", "Neighbours.", 4).with("state", "SEEN"));
    assertThat(page())
        .contains("tollway_neighbors{state=\"SEEN\"} 4.0\n")
        .doesNotContain("tollway_sent");
  }

  @Test
  void answersNothingElse() throws Exception {
    assertThat(get("GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 404");
    assertThat(get("POST /metrics HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 405");
    assertThat(get("GET /metrics?x=1 HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 200");
    assertThat(get("POST /metrics HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"))
        .startsWith("HTTP/1.1 413");
  }

  @Test
  void noiseAndSilenceHarmNobody() throws Exception {
    List<Socket> silent = new ArrayList<>();
    Random random = new Random(11);
    try {
      for (int i = 0; i < 10; i++) {
        silent.add(new Socket(server().address().getAddress(), server().address().getPort()));
        byte[] noise = new byte[random.nextInt(5000)];
        random.nextBytes(noise);
        try {
          silent.get(i).getOutputStream().write(noise);
        } catch (IOException hungUp) {
          assertThat(hungUp).isNotNull();
        }
      }
      assertThat(page()).startsWith("HTTP/1.1 200 OK");
    } finally {
      for (Socket each : silent) {
        each.close();
      }
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() {
    assertThatExceptionOfType(ListenException.class)
        .isThrownBy(() -> MetricsServer.open(server().address(), done -> {}))
        .withMessageContaining("cannot listen on TCP 127.0.0.1:");
  }
}
