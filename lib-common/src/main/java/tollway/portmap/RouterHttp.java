// SPDX-License-Identifier: Apache-2.0
package tollway.portmap;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/**
 * One question to the router by HTTP on a connection of its own, and its answer or, after two
 * seconds, none. Redirections are answers like any other. On one loop.
 */
final class RouterHttp {
  /** An answer whose length is within its bound. */
  record Answer(int status, String body) {}

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Consumer<Optional<Answer>> answered;
  private final Channel channel;
  private final Timer deadline;
  private boolean done;

  private RouterHttp(
      NettyEventLoop loop,
      Inet4Address own,
      InetSocketAddress router,
      int limit,
      FullHttpRequest question,
      Consumer<Optional<Answer>> answered) {
    this.answered = answered;
    deadline = loop.schedule(PATIENCE, () -> end(Optional.empty()));
    ChannelFuture connecting =
        loop.socketBootstrap()
            .handler(new Pipeline(limit))
            .connect(router, new InetSocketAddress(own, 0));
    channel = connecting.channel();
    connecting.addListener(
        connected -> {
          if (connected.isSuccess() && !done) {
            channel.writeAndFlush(question, channel.voidPromise());
          } else {
            question.release();
            end(Optional.empty());
          }
        });
  }

  static RouterHttp get(
      NettyEventLoop loop,
      Inet4Address own,
      Inet4Address router,
      RouterPage page,
      int limit,
      Consumer<Optional<Answer>> answered) {
    FullHttpRequest question =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, page.path());
    return start(loop, own, router, page, limit, question, answered);
  }

  /** UPnP Device Architecture 1.1 §3.2.1. */
  static RouterHttp call(
      NettyEventLoop loop,
      Inet4Address own,
      Inet4Address router,
      IgdService service,
      SoapCodec.Action action,
      Consumer<Optional<Answer>> answered) {
    byte[] body = SoapCodec.encode(action, service.kind()).getBytes(StandardCharsets.UTF_8);
    FullHttpRequest question =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            service.control().path(),
            Unpooled.wrappedBuffer(body));
    question
        .headers()
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CONTENT_TYPE, "text/xml; charset=\"utf-8\"")
        .set("SOAPAction", "\"" + service.kind().urn() + "#" + action.name() + "\"");
    return start(loop, own, router, service.control(), SoapCodec.ANSWER_LIMIT, question, answered);
  }

  private static RouterHttp start(
      NettyEventLoop loop,
      Inet4Address own,
      Inet4Address router,
      RouterPage page,
      int limit,
      FullHttpRequest question,
      Consumer<Optional<Answer>> answered) {
    question
        .headers()
        .set(HttpHeaderNames.HOST, page.authority(router))
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    InetSocketAddress address = new InetSocketAddress(router, page.port());
    return new RouterHttp(loop, own, address, limit, question, answered);
  }

  /** Nothing is told afterwards. Idempotent. */
  void close() {
    done = true;
    deadline.cancel();
    channel.close();
  }

  private void end(Optional<Answer> answer) {
    if (!done) {
      close();
      answered.accept(answer);
    }
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    private final int limit;

    Pipeline(int limit) {
      this.limit = limit;
    }

    @Override
    protected void initChannel(Channel fresh) {
      fresh
          .pipeline()
          .addLast(
              new HttpClientCodec(),
              new HttpObjectAggregator(limit, true),
              new SimpleChannelInboundHandler<FullHttpResponse>() {
                @Override
                protected void channelRead0(
                    ChannelHandlerContext context, FullHttpResponse response) {
                  if (response.decoderResult().isSuccess()) {
                    String body = response.content().toString(StandardCharsets.UTF_8);
                    end(Optional.of(new Answer(response.status().code(), body)));
                  } else {
                    end(Optional.empty());
                  }
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                  end(Optional.empty());
                }

                @Override
                public void channelInactive(ChannelHandlerContext context) {
                  end(Optional.empty());
                }
              });
    }
  }
}
