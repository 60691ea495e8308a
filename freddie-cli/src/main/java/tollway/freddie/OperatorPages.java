// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code /healthz} and {@code /metrics}; everything but the signalling path is not found. */
final class OperatorPages extends ChannelInboundHandlerAdapter {
  /** RFC 9110 §5.6.7. */
  static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  /** The text format of Prometheus, by its own name. */
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final SignalServer server;
  private final boolean sockets;

  /** {@code sockets}: whether what is behind us can open WebSockets. */
  OperatorPages(SignalServer server, boolean sockets) {
    this.server = server;
    this.sockets = sockets;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof FullHttpRequest request)) {
      context.fireChannelRead(message);
      return;
    }
    if (!request.decoderResult().isSuccess()) {
      answer(context, request, HttpResponseStatus.BAD_REQUEST, "bad request\n");
      return;
    }
    String path = request.uri().replaceFirst("\\?.*", "");
    if (path.equals("/v2/signal") && !sockets) {
      answer(
          context,
          request,
          HttpResponseStatus.NOT_IMPLEMENTED,
          "a WebSocket goes over HTTP/1.1, or poll\n");
    } else if (path.equals("/v2/signal")) {
      context.fireChannelRead(request);
    } else if (!request.method().equals(HttpMethod.GET)
        && !request.method().equals(HttpMethod.HEAD)) {
      answer(context, request, HttpResponseStatus.METHOD_NOT_ALLOWED, "GET only\n");
    } else if (path.equals("/healthz") && server.isDraining()) {
      answer(context, request, HttpResponseStatus.SERVICE_UNAVAILABLE, "draining\n");
    } else if (path.equals("/healthz")) {
      answer(context, request, HttpResponseStatus.OK, "ok\n");
    } else if (path.equals("/metrics")) {
      server.metrics(
          text ->
              answer(
                  context,
                  request,
                  HttpResponseStatus.OK,
                  PROMETHEUS_TEXT,
                  MetricsHelp.with(text)));
    } else {
      answer(context, request, HttpResponseStatus.NOT_FOUND, "not found\n");
    }
  }

  /** Any thread. */
  private static void answer(
      ChannelHandlerContext context,
      FullHttpRequest request,
      HttpResponseStatus status,
      String text) {
    answer(context, request, status, PLAIN_TEXT, text);
  }

  private static void answer(
      ChannelHandlerContext context,
      FullHttpRequest request,
      HttpResponseStatus status,
      String type,
      String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            Unpooled.wrappedBuffer(request.method().equals(HttpMethod.HEAD) ? new byte[0] : body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, type)
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.DATE, HTTP_DATE.format(Instant.now()))
        .set(HttpHeaderNames.CONNECTION, "close");
    ReferenceCountUtil.release(request);
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }
}
