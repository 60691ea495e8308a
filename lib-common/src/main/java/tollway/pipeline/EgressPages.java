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
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import tollway.bytes.Bytes;

/**
 * What an egress answers by HTTP: {@code /healthz} and {@code /metrics}; volunteers with the right
 * token pass on to the WebSocket.
 */
final class EgressPages extends ChannelInboundHandlerAdapter {
  private final Optional<Bytes> authorization;
  private final Consumer<Consumer<String>> metrics;

  EgressPages(Optional<String> token, Consumer<Consumer<String>> metrics) {
    authorization = token.map(secret -> Bytes.ofUtf8("Bearer " + secret));
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
      if (authorized(request)) {
        context.fireChannelRead(request);
      } else {
        answer(
            context, request, HttpResponseStatus.UNAUTHORIZED, "the token is missing or wrong\n");
      }
    } else if (path.equals("/healthz")) {
      answer(context, request, HttpResponseStatus.OK, "ok\n");
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

  private boolean authorized(FullHttpRequest request) {
    String given = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
    // Bytes compare in constant time.
    return authorization.map(wanted -> wanted.equals(Bytes.ofUtf8(given))).orElse(true);
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
