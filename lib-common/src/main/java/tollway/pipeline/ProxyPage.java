// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** What the local proxy itself says to a program: a short page for a person to read. */
final class ProxyPage {
  private static final String RETRY_SECONDS = "5";

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
    FullHttpResponse page =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    page.headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, page.content().readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .set(HttpHeaderNames.CONNECTION, "close")
        .set("Tollway-Error", headerSafe(why));
    if (status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
      page.headers().set(HttpHeaderNames.RETRY_AFTER, RETRY_SECONDS);
    }
    client.writeAndFlush(page).addListener(ChannelFutureListener.CLOSE);
  }

  /** The host's side failed before it said anything. */
  static void write(Channel client, String why) {
    write(client, HttpResponseStatus.BAD_GATEWAY, why);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String headerSafe(String text) {
    return text.replaceAll("[^ -~]", "?");
  }
}
