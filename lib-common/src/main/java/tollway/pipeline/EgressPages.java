// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tollway.page.HtmlPage;

/**
 * What an egress answers by HTTP: {@code /healthz}, {@code /metrics} and, when there is one, the
 * page for volunteers; volunteers with the right token pass on to the WebSocket.
 */
final class EgressPages extends ChannelInboundHandlerAdapter {
  /** On a connection: by virtue of which token it may have a WebSocket. */
  static final AttributeKey<AccessTokens.Grant> GRANT =
      AttributeKey.valueOf(EgressPages.class, "grant");

  private final Supplier<AccessTokens> tokens;
  private final Consumer<Consumer<String>> metrics;
  private final EgressLoad load;
  private final Optional<HtmlPage> page;

  EgressPages(
      Supplier<AccessTokens> tokens,
      EgressLoad load,
      Consumer<Consumer<String>> metrics,
      Optional<HtmlPage> page) {
    this.tokens = tokens;
    this.load = load;
    this.metrics = metrics;
    this.page = page;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof FullHttpRequest request)) {
      context.fireChannelRead(message);
      return;
    }
    String path = request.uri().replaceFirst("\\?.*", "");
    if (!request.decoderResult().isSuccess()) {
      answer(context, request, HttpResponseStatus.BAD_REQUEST, "bad request\n");
    } else if (path.equals(PathSocket.URL_PATH)) {
      admit(context, request);
    } else if (path.equals("/healthz")) {
      boolean leaving = load.isDraining();
      answer(
          context,
          request,
          leaving ? HttpResponseStatus.SERVICE_UNAVAILABLE : HttpResponseStatus.OK,
          leaving ? "draining\n" : "ok\n");
    } else if (path.equals("/metrics")) {
      metrics.accept(
          text ->
              context
                  .executor()
                  .execute(() -> answer(context, request, HttpResponseStatus.OK, text)));
    } else if (path.equals(WidgetPage.URL_PATH) && page.isPresent()) {
      show(context, request, page.get());
    } else {
      answer(context, request, HttpResponseStatus.NOT_FOUND, "not found\n");
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // The codec leaves the pipeline when a WebSocket has been agreed on.
    if (event instanceof IdleStateEvent && context.pipeline().get(HttpServerCodec.class) != null) {
      context.close(); // Nobody needs that long for a request.
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  private void admit(ChannelHandlerContext context, FullHttpRequest request) {
    if (load.isDraining()) {
      load.fault(EgressFault.STOPPING);
      answer(context, request, HttpResponseStatus.SERVICE_UNAVAILABLE, "the egress is stopping\n");
      return;
    }
    Optional<AccessTokens.Grant> grant = tokens.get().grant(authorization(request));
    if (grant.isPresent()) {
      context.channel().attr(GRANT).set(grant.get());
      context.fireChannelRead(request);
    } else {
      load.fault(EgressFault.BAD_TOKEN);
      answer(context, request, HttpResponseStatus.UNAUTHORIZED, "the token is missing or wrong\n");
    }
  }

  /** As in the header of that name; empty when nothing was given. */
  private static String authorization(FullHttpRequest request) {
    String header = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    String protocols = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, "");
    for (String protocol : protocols.split(",")) {
      String name = protocol.strip();
      if (header.isEmpty() && name.startsWith(PathSocket.TOKEN_PROTOCOL)) {
        return "Bearer " + token(name.substring(PathSocket.TOKEN_PROTOCOL.length()));
      }
    }
    return header;
  }

  private static String token(String encoded) {
    try {
      return new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException nonsense) {
      return "";
    }
  }

  private static void show(ChannelHandlerContext context, FullHttpRequest request, HtmlPage page) {
    FullHttpResponse response =
        response(HttpResponseStatus.OK, Unpooled.wrappedBuffer(page.html().toBuffer()));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, page.policy())
        .set("referrer-policy", "no-referrer")
        .set("x-content-type-options", "nosniff");
    finish(context, request, response);
  }

  private static void answer(
      ChannelHandlerContext context,
      FullHttpRequest request,
      HttpResponseStatus status,
      String text) {
    FullHttpResponse response =
        response(status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    finish(context, request, response);
  }

  private static FullHttpResponse response(HttpResponseStatus status, ByteBuf content) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
  }

  private static void finish(
      ChannelHandlerContext context, FullHttpRequest request, FullHttpResponse response) {
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CONNECTION, "close");
    ReferenceCountUtil.release(request);
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
