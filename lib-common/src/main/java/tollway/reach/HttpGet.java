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
import io.netty.handler.codec.http.TooLongHttpContentException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;
import tollway.loop.Timer;

/** One page of a freddie, by a route. On the loop. */
public final class HttpGet {
  /** What comes of it, once; nothing after {@link #close}. */
  public interface Outcome {
    void answered(Answer answer);

    void failed(String why);
  }

  /** The status, the server's clock when it tells it, and the page. */
  public record Answer(int status, Optional<Instant> date, Bytes body) {}

  private final Route route;
  private final String path;
  private final Outcome outcome;
  private @Nullable Timer deadline;
  private @Nullable TcpDial dial;
  private boolean over;

  private HttpGet(Route route, String path, Outcome outcome) {
    this.route = route;
    this.path = path;
    this.outcome = outcome;
  }

  /** {@code limit}: a longer page is a failure, in bytes. */
  public static HttpGet start(
      NettyEventLoop loop,
      Route route,
      ClientTls tls,
      String path,
      int limit,
      Duration patience,
      Outcome outcome) {
    HttpGet get = new HttpGet(route, path, outcome);
    get.deadline =
        loop.schedule(patience, () -> get.fail("no answer within " + patience.toSeconds() + " s"));
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

  public void close() {
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

  private static String reason(Throwable failure) {
    return RouteTrouble.of(failure)
        .orElse(
            failure instanceof TooLongHttpContentException
                ? "the answer is too long"
                : failure.toString());
  }

  /** RFC 9110 §5.6.7. */
  private static Optional<Instant> date(@Nullable String text) {
    try {
      return text == null
          ? Optional.empty()
          : Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }

  private final class Dialled implements TcpDial.Outcome {
    @Override
    public void connected(Channel channel) {
      // The exchange begins when the pipeline is active.
    }

    @Override
    public void failed(Throwable why) {
      fail(reason(why));
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
      if (response.decoderResult().isFailure()) {
        fail("the answer is not HTTP");
        return;
      }
      Answer answer =
          new Answer(
              response.status().code(),
              date(response.headers().get(HttpHeaderNames.DATE)),
              Bytes.of(ByteBufUtil.getBytes(response.content())));
      close();
      outcome.answered(answer);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(reason(cause));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail("the connection was closed");
    }
  }
}
