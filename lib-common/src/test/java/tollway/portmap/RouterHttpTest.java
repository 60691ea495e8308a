// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;

/** Mallory is the router. */
final class RouterHttpTest {
  private static final int LIMIT = 4096;

  private final NettyLoops loops = new NettyLoops(1);
  private final AtomicInteger connections = new AtomicInteger();

  @AfterEach
  void close() {
    loops.close();
  }

  /** What comes of {@code head}, and then of {@code more} without an end. */
  private Optional<RouterHttp.Answer> ask(String head, String more) throws Exception {
    Inet4Address here = (Inet4Address) InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket server = new ServerSocket(0, 8, here)) {
      Thread mallory = new Thread(() -> serve(server, head, more), "mallory");
      mallory.setDaemon(true);
      mallory.start();
      CompletableFuture<Optional<RouterHttp.Answer>> answer = new CompletableFuture<>();
      NettyEventLoop loop = loops.next();
      RouterPage page = new RouterPage(server.getLocalPort(), "/d.xml");
      loop.execute(() -> RouterHttp.get(loop, here, here, page, LIMIT, answer::complete));
      return answer.get(30, TimeUnit.SECONDS);
    }
  }

  private void serve(ServerSocket server, String head, String more) {
    while (true) {
      try (Socket socket = server.accept()) {
        connections.incrementAndGet();
        OutputStream out = socket.getOutputStream();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        while (!more.isEmpty()) {
          out.write(more.getBytes(StandardCharsets.US_ASCII));
        }
      } catch (IOException hungUp) {
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  @Test
  void readsAnAnswerThatEndsWithTheConnection() throws Exception {
    assertThat(ask("HTTP/1.1 200 OK\r\n\r\n<r/>", "")).contains(new RouterHttp.Answer(200, "<r/>"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: ",
        "nonsense"
      })
  void readsNoAnswerWithoutAnEnd(String head) throws Exception {
    assertThat(ask(head, "40\r\n" + "x".repeat(64) + "\r\n")).isEmpty();
  }

  @Test
  void followsNoRedirection() throws Exception {
    Optional<RouterHttp.Answer> answer =
        ask("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", "");
    assertThat(answer).contains(new RouterHttp.Answer(302, ""));
    assertThat(connections).hasValue(1);
  }
}
