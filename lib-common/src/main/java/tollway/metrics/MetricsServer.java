// SPDX-License-Identifier: Apache-2.0
package tollway.metrics;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.loop.ListenException;
import tollway.loop.NettyLoops;

/** Shows a daemon's metrics at {@code /metrics}, one question a connection. */
public final class MetricsServer implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);
  private static final int CONNECTIONS = 16;
  private static final int REQUEST_LIMIT = 8 << 10;
  private static final long PATIENCE_SECONDS = 10;
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  private final NettyLoops loops;
  private final Channel listener;

  private MetricsServer(NettyLoops loops, Channel listener) {
    this.loops = loops;
    this.listener = listener;
  }

  /** Listens when it returns. */
  public static MetricsServer open(InetSocketAddress address, MetricsSource source)
      throws ListenException {
    NettyLoops loops = new NettyLoops(1);
    MetricsPage page = new MetricsPage();
    ChannelGroup connections = new DefaultChannelGroup(loops.next().netty());
    try {
      Channel listener =
          ListenException.check(
              new ServerBootstrap()
                  .group(loops.group())
                  .channel(loops.serverSocketChannel())
                  .option(ChannelOption.SO_REUSEADDR, true)
                  .childHandler(
                      new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                          accept(channel, connections, page, source);
                        }
                      })
                  .bind(address),
              "TCP",
              address);
      return new MetricsServer(loops, listener);
    } catch (ListenException refused) {
      loops.close();
      throw refused;
    }
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  @Override
  public void close() {
    loops.close();
  }

  private static void accept(
      Channel channel, ChannelGroup connections, MetricsPage page, MetricsSource source) {
    if (connections.size() >= CONNECTIONS) {
      channel.close();
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(
            new ReadTimeoutHandler(PATIENCE_SECONDS, TimeUnit.SECONDS),
            new HttpServerCodec(),
            new HttpObjectAggregator(REQUEST_LIMIT),
            new Questions(page, source));
  }

  private static final class Questions extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final MetricsPage page;
    private final MetricsSource source;

    Questions(MetricsPage page, MetricsSource source) {
      this.page = page;
      this.source = source;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      String path = request.uri().replaceFirst("\\?.*", "");
      if (request.decoderResult().isFailure()) {
        answer(context, HttpResponseStatus.BAD_REQUEST, PLAIN_TEXT, "not a request\n");
      } else if (!request.method().equals(HttpMethod.GET)) {
        answer(context, HttpResponseStatus.METHOD_NOT_ALLOWED, PLAIN_TEXT, "only GET\n");
      } else if (!path.equals("/metrics")) {
        answer(context, HttpResponseStatus.NOT_FOUND, PLAIN_TEXT, "look at /metrics\n");
      } else {
        source.measure(
            samples ->
                context
                    .executor()
                    .execute(
                        () ->
                            answer(
                                context,
                                HttpResponseStatus.OK,
                                PROMETHEUS_TEXT,
                                page.of(samples))));
      }
    }

    private static void answer(
        ChannelHandlerContext context, HttpResponseStatus status, String type, String text) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
      response
          .headers()
          .set(HttpHeaderNames.CONTENT_TYPE, type)
          .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
          .set(HttpHeaderNames.CONNECTION, "close")
          .set("X-Content-Type-Options", "nosniff");
      context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (cause instanceof IOException
          || cause instanceof io.netty.handler.timeout.TimeoutException) {
        log.debug("a reader of metrics went away: {}", cause.toString());
      } else {
        log.error("metrics", cause);
      }
      context.close();
    }
  }
}
