// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;
import tollway.loop.Timer;

/** One page of a freddie, by a route. On the loop. */
final class HttpGet {
  /** What comes of it, once; nothing after {@link #close}. */
  interface Outcome {
    /** The page, with status 200. */
    void answered(Bytes body);

    void failed(String why);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Route route;
  private final String path;
  private final int limit;
  private final Outcome outcome;
  private @Nullable Timer deadline;
  private @Nullable TcpDial dial;
  private boolean over;

  private HttpGet(Route route, String path, int limit, Outcome outcome) {
    this.route = route;
    this.path = path;
    this.limit = limit;
    this.outcome = outcome;
  }

  /** {@code limit}: a longer page is a failure, in bytes. */
  static HttpGet start(
      NettyEventLoop loop, Route route, ClientTls tls, String path, int limit, Outcome outcome) {
    HttpGet get = new HttpGet(route, path, limit, outcome);
    get.deadline =
        loop.schedule(PATIENCE, () -> get.fail("no answer within " + PATIENCE.toSeconds() + " s"));
    get.dial =
        RouteDial.start(
            loop,
            loop.socketBootstrap(),
            route,
            tls,
            pipeline ->
                pipeline.addLast(
                    new HttpClientCodec(), new HttpObjectAggregator(limit), get.new Exchange()),
            get.new Dialled());
    return get;
  }

  void close() {
    over = true;
    if (deadline != null) {
      deadline.cancel();
    }
    if (dial != null) {
      dial.close();
    }
  }

  private void fail(String why) {
    if (!over) {
      close();
      outcome.failed(why);
    }
  }

  private final class Dialled implements TcpDial.Outcome {
    @Override
    public void connected(Channel channel) {
      // The exchange begins when the pipeline is active.
    }

    @Override
    public void failed(Throwable why) {
      fail(String.valueOf(why.getMessage()));
    }
  }

  private final class Exchange extends SimpleChannelInboundHandler<FullHttpResponse> {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      DefaultFullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, route.path() + path);
      request
          .headers()
          .set(HttpHeaderNames.HOST, route.authority())
          .set(HttpHeaderNames.CONNECTION, "close");
      context.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      if (over) {
        return;
      }
      if (response.status().code() != 200) {
        fail("HTTP " + response.status().code());
      } else if (response.content().readableBytes() > limit) {
        fail("too long");
      } else {
        Bytes body = Bytes.of(ByteBufUtil.getBytes(response.content()));
        close();
        outcome.answered(body);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(String.valueOf(cause.getMessage()));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail("the connection was closed");
    }
  }
}
