// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.TcpDial;
import tollway.loop.Timer;

/**
 * Requests to one freddie, one after the other, over a connection that is made when it is needed
 * and there is none. On the loop.
 */
final class PollLane {
  /** What a request comes to; one of them once. */
  interface Owner {
    void answered(PollAnswer answer);

    /** Not by freddie as we know it: what its status says, and whether it may pass. */
    void refused(int status);

    /** No answer came, and perhaps no request either. */
    void lost(String why, boolean dialled);
  }

  /** How long an answer may take that is not held, and a connection until it is made. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final FreddieDial freddie;
  private final Owner owner;
  private final URI target;
  private @Nullable TcpDial dial;
  private @Nullable Channel channel;
  private @Nullable Answers answers;
  private @Nullable Timer deadline;

  /** What was asked and not answered. */
  private @Nullable Bytes asked;

  private boolean near;
  private boolean closed;

  PollLane(FreddieDial freddie, Owner owner) {
    this.freddie = freddie;
    this.owner = owner;
    target = freddie.socket(Poll.PATH);
  }

  boolean isBusy() {
    return asked != null;
  }

  /** Whether freddie is on this host. */
  boolean isNear() {
    return near;
  }

  /** When not busy. */
  void ask(Poll poll) {
    Bytes body = PollCodec.encode(poll);
    asked = body;
    deadline =
        freddie
            .loop()
            .schedule(PATIENCE.plusSeconds(poll.patience()), () -> lose("no answer in time", true));
    Channel open = channel;
    if (open != null && open.isActive()) {
      open.writeAndFlush(request(body));
    } else {
      Answers fresh = new Answers();
      answers = fresh;
      dial =
          freddie.start(
              pipeline ->
                  pipeline.addLast(
                      new HttpClientCodec(), new HttpObjectAggregator(Poll.SIZE_LIMIT), fresh),
              new Dialled());
    }
  }

  void close() {
    closed = true;
    forget();
    hangUp();
  }

  private FullHttpRequest request(Bytes body) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.POST,
            target.getRawPath(),
            Unpooled.wrappedBuffer(body.toArray()));
    request
        .headers()
        .set("Host", target.getRawAuthority())
        .set("Content-Type", "application/octet-stream")
        .set("Content-Length", body.size());
    return request;
  }

  private void forget() {
    asked = null;
    if (deadline != null) {
      deadline.cancel();
    }
  }

  private void hangUp() {
    channel = null;
    answers = null;
    if (dial != null) {
      dial.close();
      dial = null;
    }
  }

  private void lose(String why, boolean dialled) {
    hangUp();
    if (asked != null && !closed) {
      forget();
      owner.lost(why, dialled);
    }
  }

  private void onAnswer(FullHttpResponse response) {
    if (asked == null || closed) {
      return; // Late, or not asked for.
    }
    forget();
    if (!HttpUtil.isKeepAlive(response)) {
      hangUp();
    }
    int status = response.status().code();
    if (status != 200) {
      owner.refused(status);
      return;
    }
    try {
      owner.answered(PollCodec.decodeAnswer(response.content().nioBuffer()));
    } catch (MalformedBytesException wrong) {
      owner.refused(status);
    }
  }

  private final class Dialled implements TcpDial.Outcome {
    @Override
    public void connected(Channel open) {
      channel = open;
      near =
          open.remoteAddress() instanceof InetSocketAddress remote
              && remote.getAddress().isLoopbackAddress();
    }

    @Override
    public void failed(Throwable why) {
      lose(FreddieTrouble.text(why), false);
    }
  }

  private final class Answers extends SimpleChannelInboundHandler<FullHttpResponse> {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      Bytes body = asked;
      if (body != null) {
        context.writeAndFlush(request(body));
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      if (answers == this) {
        onAnswer(response);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      if (answers == this) {
        lose(FreddieTrouble.text(cause), !FreddieTrouble.isOfTheRoute(cause));
      }
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (answers == this) { // Otherwise it is one that was given up.
        lose("the connection was closed", true);
      }
    }
  }
}
