// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.loop.ManualEventLoop;
import tollway.netstate.GraphLimits;
import tollway.netstate.NetstateGraph;
import tollway.page.HtmlPage;

/** What happens to a connection as time goes by. */
final class HttpRoutesTest {
  private final ManualEventLoop loop = new ManualEventLoop();
  private final HttpRoutes.Site site =
      new HttpRoutes.Site(
          loop,
          new LiveGraph(loop, new NetstateGraph(GraphLimits.DEFAULT, Bytes.ofUtf8("salt"))),
          Cast.TOKEN,
          new HtmlPage(Bytes.EMPTY, ""));
  private final EmbeddedChannel connection =
      new EmbeddedChannel(
          new HttpServerCodec(), new HttpObjectAggregator(1000), new HttpRoutes(site));

  @Test
  void hangsUpOnWhoSaysNothing() {
    loop.advance(HttpRoutes.REQUEST_LIMIT.minusSeconds(1));
    assertThat(connection.isOpen()).isTrue();
    loop.advance(Duration.ofSeconds(1));
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void hangsUpOnWhoNeverFinishes() {
    for (char slow : "GET /healthz HTTP/1.1\r\nX: yyyyyyy".toCharArray()) {
      if (connection.isOpen()) {
        write(String.valueOf(slow));
        loop.advance(Duration.ofSeconds(1));
      }
    }
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void keepsAConnectionThatIsUsed() {
    for (int i = 0; i < 10; i++) {
      loop.advance(Duration.ofSeconds(15));
      write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      connection.releaseOutbound();
    }
    assertThat(connection.isOpen()).isTrue();
  }

  @Test
  void keepsAViewerWhoIsQuiet() {
    write("GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.advance(Duration.ofMinutes(10));
    assertThat(connection.isOpen()).isTrue();
    connection.releaseOutbound();
    connection.close();
    assertThat(site.graph().streams().size()).isZero();
  }

  @Test
  void aViewerMayAskNothingMore() {
    write("GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n");
    write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(connection.isOpen()).isFalse();
    connection.releaseOutbound();
  }

  @Test
  void closesWhenAsked() {
    write("GET /healthz HTTP/1.0\r\n\r\n");
    assertThat(connection.isOpen()).isFalse();
    connection.releaseOutbound();
  }

  private void write(String text) {
    connection.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
    connection.runPendingTasks();
  }
}
