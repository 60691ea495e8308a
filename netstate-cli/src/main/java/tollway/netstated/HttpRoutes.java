// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.EventLoop;
import tollway.loop.Timer;
import tollway.netstate.ReportCodec;
import tollway.netstate.ReportToken;
import tollway.page.HtmlPage;

/** One HTTP connection: reads requests one after another and answers them. */
final class HttpRoutes extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger log = LoggerFactory.getLogger(HttpRoutes.class);

  /** For a whole request to arrive, and for the next one on a connection that is kept. */
  static final Duration REQUEST_LIMIT = Duration.ofSeconds(20);

  private static final String TEXT = "text/plain; charset=utf-8";

  private final Site site;
  private @Nullable Timer deadline;
  private boolean streaming;

  /** What every connection answers from. */
  record Site(EventLoop loop, LiveGraph graph, ReportToken token, HtmlPage page) {}

  HttpRoutes(Site site) {
    this.site = site;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    awaitRequest(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopWaiting();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    stopWaiting();
    if (streaming) {
      context.close(); // Nothing may follow a request for events.
      return;
    }
    if (request.decoderResult().isFailure()) {
      HttpUtil.setKeepAlive(request, false);
      say(context, request, HttpResponseStatus.BAD_REQUEST, "not an HTTP request");
      return;
    }
    boolean reading =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    switch (path(request.uri())) {
      case "/" -> read(context, request, reading, () -> page(context, request));
      case "/v1/graph" -> read(context, request, reading, () -> graph(context, request));
      case "/v1/events" -> read(context, request, reading, () -> events(context, request));
      case "/healthz" ->
          read(context, request, reading, () -> say(context, request, HttpResponseStatus.OK, "ok"));
      case "/v1/report" -> {
        if (request.method().equals(HttpMethod.POST)) {
          report(context, request);
        } else {
          wrongMethod(context, request, "POST");
        }
      }
      default -> say(context, request, HttpResponseStatus.NOT_FOUND, "no such page");
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (streaming) {
      site.graph().streams().writable(context.channel());
    } else {
      // Who does not read our answers may not ask more.
      context.channel().config().setAutoRead(context.channel().isWritable());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
    if (thrown instanceof IOException) {
      log.debug("{} went away: {}", context.channel().remoteAddress(), thrown.toString());
    } else {
      log.warn("a client is cut off", thrown);
    }
    context.close();
  }

  private void read(
      ChannelHandlerContext context, FullHttpRequest request, boolean reading, Runnable answer) {
    if (reading) {
      answer.run();
    } else {
      wrongMethod(context, request, "GET, HEAD");
    }
  }

  private void page(ChannelHandlerContext context, FullHttpRequest request) {
    FullHttpResponse response = response(HttpResponseStatus.OK, site.page().html().toArray());
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
    response.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, site.page().policy());
    send(context, request, response);
  }

  private void graph(ChannelHandlerContext context, FullHttpRequest request) {
    FullHttpResponse response = response(HttpResponseStatus.OK, site.graph().json());
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON);
    send(context, request, response);
  }

  private void events(ChannelHandlerContext context, FullHttpRequest request) {
    if (site.graph().streams().isFull()) {
      FullHttpResponse response =
          text(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many viewers at once");
      response.headers().set(HttpHeaderNames.RETRY_AFTER, "10");
      send(context, request, response);
      return;
    }
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    common(head);
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    head.headers().set("X-Accel-Buffering", "no"); // Asks a proxy not to hold events back.
    if (request.method().equals(HttpMethod.HEAD)) {
      HttpUtil.setKeepAlive(request, false);
      context.writeAndFlush(head).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
      HttpUtil.setKeepAlive(head, false);
    } else {
      HttpUtil.setTransferEncodingChunked(head, true);
    }
    streaming = true;
    context.writeAndFlush(head);
    site.graph().streams().add(context.channel());
  }

  private void report(ChannelHandlerContext context, FullHttpRequest request) {
    if (!site.token().isIn(request.headers().get(HttpHeaderNames.AUTHORIZATION))) {
      FullHttpResponse response = text(HttpResponseStatus.UNAUTHORIZED, "the token is wrong");
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"); // RFC 6750 §3
      send(context, request, response);
      return;
    }
    try {
      Bytes body = Bytes.of(request.content().nioBuffer());
      switch (site.graph().apply(ReportCodec.decode(body))) {
        case ACCEPTED ->
            send(context, request, response(HttpResponseStatus.NO_CONTENT, new byte[0]));
        case STALE -> say(context, request, HttpResponseStatus.CONFLICT, "not the newest report");
        case FULL ->
            say(context, request, HttpResponseStatus.SERVICE_UNAVAILABLE, "the map is full");
      }
    } catch (MalformedBytesException malformed) {
      say(context, request, HttpResponseStatus.BAD_REQUEST, String.valueOf(malformed.getMessage()));
    }
  }

  private void wrongMethod(ChannelHandlerContext context, FullHttpRequest request, String allowed) {
    FullHttpResponse response = text(HttpResponseStatus.METHOD_NOT_ALLOWED, "use " + allowed);
    response.headers().set(HttpHeaderNames.ALLOW, allowed);
    send(context, request, response);
  }

  private void say(
      ChannelHandlerContext context,
      FullHttpRequest request,
      HttpResponseStatus status,
      String line) {
    send(context, request, text(status, line));
  }

  private void send(
      ChannelHandlerContext context, FullHttpRequest request, FullHttpResponse response) {
    common(response);
    if (!response.status().equals(HttpResponseStatus.NO_CONTENT)) {
      HttpUtil.setContentLength(response, response.content().readableBytes());
    }
    FullHttpResponse sent =
        request.method().equals(HttpMethod.HEAD)
            ? response.replace(Unpooled.EMPTY_BUFFER)
            : response;
    boolean keep = HttpUtil.isKeepAlive(request);
    HttpUtil.setKeepAlive(sent, keep);
    var written = context.writeAndFlush(sent);
    if (keep) {
      awaitRequest(context);
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void awaitRequest(ChannelHandlerContext context) {
    deadline = site.loop().schedule(REQUEST_LIMIT, context::close);
  }

  private void stopWaiting() {
    if (deadline != null) {
      deadline.cancel();
    }
  }

  private static FullHttpResponse text(HttpResponseStatus status, String line) {
    FullHttpResponse response = response(status, (line + "\n").getBytes(StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, TEXT);
    return response;
  }

  private static FullHttpResponse response(HttpResponseStatus status, byte[] body) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
  }

  private static void common(HttpResponse response) {
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
    response.headers().set("X-Content-Type-Options", "nosniff");
    response.headers().set("Referrer-Policy", "no-referrer");
  }

  /** Without the query; also from the absolute form of RFC 9112 §3.2.2. */
  private static String path(String target) {
    String path = target.replaceFirst("(?i)^https?://[^/?]*", "").replaceFirst("\\?.*$", "");
    return path.isEmpty() ? "/" : path;
  }
}
