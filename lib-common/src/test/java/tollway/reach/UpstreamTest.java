// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to proxies, and what is made of their answers. */
final class UpstreamTest {
  private static final Optional<Upstream.Login> LOGIN =
      Optional.of(Upstream.Login.parse("alice:secret"));

  @Test
  void readsUrlsOfProxies() {
    assertThat(Upstream.parse("http://proxy.example:3128/", Optional.empty()))
        .isEqualTo(new Upstream(Upstream.Kind.HTTP, "proxy.example", 3128, Optional.empty()));
    assertThat(Upstream.parse("socks5h://[::1]:9050", LOGIN))
        .isEqualTo(new Upstream(Upstream.Kind.SOCKS5, "::1", 9050, LOGIN))
        .hasToString("socks5://[::1]:9050");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "proxy:1",
        "https://proxy:1",
        "socks4://proxy:1",
        "http://proxy",
        "http://proxy:0",
        "http://proxy:70000",
        "http://proxy:1/path",
        "http://proxy:1?a",
        "http://proxy:1#a",
        "http://pro xy:1"
      })
  void whatIsNoProxyIsSaidInALine(String url) {
    assertThatThrownBy(() -> Upstream.parse(url, Optional.empty()))
        .hasMessage("'" + url + "' is no proxy such as http://HOST:PORT or socks5://HOST:PORT");
  }

  @Test
  void passwordsAreNeitherTakenFromUrlsNorShown() {
    assertThatThrownBy(() -> Upstream.parse("http://alice:secret@proxy:1", Optional.empty()))
        .hasMessageContaining("belong into a file")
        .hasMessageNotContaining("secret");
    assertThat(LOGIN.toString() + Upstream.parse("http://proxy:1", LOGIN)).doesNotContain("secret");
    for (String wrong : List.of("alice", ":", "alice:", ":b", "a:b\n", "a:" + "x".repeat(256))) {
      assertThatThrownBy(() -> Upstream.Login.parse(wrong)).hasMessageStartingWith("give USER:");
    }
  }

  @Test
  void whatIsSaidToProxiesIsFrozen() {
    Conversation http = new Conversation(Upstream.Kind.HTTP, LOGIN, "2001:db8::1");
    assertThat(http.said())
        .isEqualTo(
            """
            CONNECT [2001:db8::1]:443 HTTP/1.1
            Host: [2001:db8::1]:443
            Proxy-Authorization: Basic YWxpY2U6c2VjcmV0

            """
                .replace("\n", "\r\n"));
    Conversation socks = new Conversation(Upstream.Kind.SOCKS5, LOGIN, "freddie.example");
    assertThat(socks.hex()).isEqualTo("05020002");
    socks.hears("0502");
    assertThat(socks.hex()).isEqualTo("0105616c69636506736563726574");
    socks.hears("0100");
    assertThat(socks.hex()).isEqualTo("050100030f667265646469652e6578616d706c6501bb");
    Conversation six = new Conversation(Upstream.Kind.SOCKS5, Optional.empty(), "2001:db8::1");
    assertThat(six.hex()).isEqualTo("050100");
    six.hears("0500");
    assertThat(six.hex()).isEqualTo("0501000420010db800000000000000000000000101bb");
  }

  @Test
  void whatComesBehindTheAnswerIsForUs() {
    Conversation http = new Conversation(Upstream.Kind.HTTP, Optional.empty(), "a");
    http.hears(hex("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nA: b\r\n\r\nhello"));
    assertThat(http.events).containsExactly("active", "read hello");
    for (String bound : List.of("0100000000", "03026161", "04" + "00".repeat(16))) {
      Conversation socks = new Conversation(Upstream.Kind.SOCKS5, Optional.empty(), "a");
      String answer = "0500" + "050000" + bound + (bound.startsWith("01") ? "00" : "0000");
      String whole = bound.startsWith("01") ? answer + "00" : answer;
      for (int i = 0; i < whole.length(); i += 2) {
        assertThat(socks.events).isEmpty();
        socks.hears(whole.substring(i, i + 2)); // One octet at a time.
      }
      socks.hears(hex("hello"));
      assertThat(socks.events).containsExactly("active", "read hello");
    }
  }

  @ParameterizedTest
  @EnumSource(Upstream.Kind.class)
  void noiseOpensOrIsRefusedAndHeldWithinBounds(Upstream.Kind kind) {
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      Conversation noisy = new Conversation(kind, LOGIN, "freddie.example");
      for (int j = 0; j < 4; j++) {
        byte[] noise = new byte[random.nextInt(3000)];
        random.nextBytes(noise);
        for (int k = 0; k < noise.length && random.nextBoolean(); k++) {
          noise[k] = (byte) (random.nextBoolean() ? 5 : random.nextInt(6)); // As SOCKS has them.
        }
        noisy.hears(ByteBufUtil.hexDump(noise));
      }
      noisy.hears("00".repeat(UpstreamHandshake.ANSWER_LIMIT));
      assertThat(noisy.events).isNotEmpty();
      assertThat(noisy.events.get(0)).matches("active|the proxy .*: it .*");
      noisy.end();
    }
  }

  private static String hex(String text) {
    return ByteBufUtil.hexDump(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** With a proxy whose words the test says. */
  private static final class Conversation {
    private final List<String> events = new ArrayList<>();
    private final EmbeddedChannel channel;

    Conversation(Upstream.Kind kind, Optional<Upstream.Login> login, String host) {
      Upstream proxy = new Upstream(kind, "proxy.example", 1080, login);
      channel =
          new EmbeddedChannel(
              UpstreamHandshake.of(proxy, host, 443),
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelActive(ChannelHandlerContext context) {
                  events.add("active");
                }

                @Override
                public void channelRead(ChannelHandlerContext context, Object message) {
                  ByteBuf read = (ByteBuf) message;
                  events.add("read " + read.toString(StandardCharsets.US_ASCII));
                  read.release();
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                  events.add(String.valueOf(cause.getMessage()));
                }
              });
    }

    void hears(String hex) {
      if (channel.isOpen()) {
        channel.writeInbound(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
      }
    }

    String hex() {
      ByteBuf out = channel.readOutbound();
      String hex = ByteBufUtil.hexDump(out);
      out.release();
      return hex;
    }

    String said() {
      return new String(ByteBufUtil.decodeHexDump(hex()), StandardCharsets.US_ASCII);
    }

    void end() {
      channel.finishAndReleaseAll();
    }
  }
}
