// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** What the local proxy itself says to a program: a short page for a person to read, or its PAC. */
final class ProxyPage {
  private static final String RETRY_SECONDS = "5";

  /** How long a program may go on sending what nobody wants, before it is cut off. */
  private static final long LINGER_SECONDS = 2;

  private ProxyPage() {}

  /** Says why there is nothing else to say, and closes. */
  static void write(Channel client, HttpResponseStatus status, String why) {
    String text =
        """
        <!doctype html>
        <meta charset="utf-8"><title>%1$s</title>
        <h1>%1$s</h1>
        <p>The Tollway desktop on this computer could not do this: %2$s.</p>
        """
            .formatted(status, escaped(why));
    FullHttpResponse page = page(status, "text/html; charset=utf-8", text);
    page.headers().set("Tollway-Error", headerSafe(why));
    if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
      page.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS);
    }
    if (status.equals(HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED)) {
      page.headers()
          .set(HttpHeaderNames.PROXY_AUTHENTICATE, "Basic realm=\"tollway\", charset=\"UTF-8\"");
    }
    last(client, page);
  }

  /** The host's side failed before it said anything. */
  static void write(Channel client, String why) {
    write(client, HttpResponseStatus.BAD_GATEWAY, why);
  }

  /** How a browser is told to use this proxy. */
  static void writeAutoConfig(Channel client) {
    String text = ProxyAutoConfig.text((InetSocketAddress) client.localAddress());
    last(client, page(HttpResponseStatus.OK, ProxyAutoConfig.MEDIA_TYPE, text));
  }

  private static FullHttpResponse page(HttpResponseStatus status, String type, String text) {
    ByteBuf body = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    FullHttpResponse page = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body);
    page.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, type)
        .set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(HttpHeaderNames.CONNECTION, "close");
    return page;
  }

  /**
   * Closes in two steps (RFC 9112 §9.6): at once would take a page back that is still on its way.
   */
  private static void last(Channel client, FullHttpResponse page) {
    client.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    client.config().setAutoRead(true);
    client
        .writeAndFlush(page)
        .addListener(
            (ChannelFuture written) -> {
              if (!written.isSuccess()) {
                client.close();
                return;
              }
              ((DuplexChannel) client).shutdownOutput();
              client.eventLoop().schedule(() -> client.close(), LINGER_SECONDS, TimeUnit.SECONDS);
            });
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String headerSafe(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
