// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

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
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What an egress answers by HTTP: {@code /healthz} and {@code /metrics}; volunteers with the right
 * token pass on to the WebSocket.
 */
final class EgressPages extends ChannelInboundHandlerAdapter {
  /** On a connection: by virtue of which token it may have a WebSocket. */
  static final AttributeKey<AccessTokens.Grant> GRANT =
      AttributeKey.valueOf(EgressPages.class, "grant");

  private final Supplier<AccessTokens> tokens;
  private final Consumer<Consumer<String>> metrics;
  private final EgressLoad load;

  EgressPages(Supplier<AccessTokens> tokens, EgressLoad load, Consumer<Consumer<String>> metrics) {
    this.tokens = tokens;
    this.load = load;
    this.metrics = metrics;
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
    String given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    Optional<AccessTokens.Grant> grant = tokens.get().grant(given);
    if (grant.isPresent()) {
      context.channel().attr(GRANT).set(grant.get());
      context.fireChannelRead(request);
    } else {
      load.fault(EgressFault.BAD_TOKEN);
      answer(context, request, HttpResponseStatus.UNAUTHORIZED, "the token is missing or wrong\n");
    }
  }

  private static void answer(
      ChannelHandlerContext context,
      FullHttpRequest request,
      HttpResponseStatus status,
      String text) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CONNECTION, "close");
    ReferenceCountUtil.release(request);
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
