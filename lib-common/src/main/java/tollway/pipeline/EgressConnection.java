// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;
import tollway.loop.TcpDial;
import tollway.worker.Redialer;

/** One attempt to reach one URL of an egress, and the WebSocket that comes of it. On the loop. */
final class EgressConnection implements Redialer.Attempt {
  /** What an attempt comes to. */
  interface Owner {
    /** The WebSocket is open. */
    void up(Channel channel);

    /** A message that is long enough for the id of a path and one byte; stays the caller's. */
    void message(ByteBuf message);

    /** The last word, unless it was the owner who closed. */
    void ended(String why);
  }

  /** Whom a server is checked by; made when first needed. */
  interface Tls {
    SslContext context() throws SSLException;
  }

  private static final int HANDSHAKE_MILLIS = 10_000;
  private static final int RESPONSE_LIMIT = 8192;

  private final NettyEventLoop loop;
  private final URI url;
  private final Optional<String> token;
  private final Tls tls;
  private final Owner owner;
  private final boolean secure;
  private final int port;
  private @Nullable TcpDial dial;
  private boolean up;
  private boolean ended;

  EgressConnection(NettyEventLoop loop, URI url, Optional<String> token, Tls tls, Owner owner) {
    this.loop = loop;
    this.url = url;
    this.token = token;
    this.tls = tls;
    this.owner = owner;
    secure = "wss".equalsIgnoreCase(url.getScheme());
    port = url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
  }

  @Override
  public void start() {
    loop.checkInLoop();
    dial =
        TcpDial.start(
            loop,
            loop.socketBootstrap()
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, PathSocket.QUEUE)
                .handler(new Pipeline()),
            url.getHost(),
            port,
            new Dialled());
  }

  /** Ends without another word to the owner. */
  @Override
  public void close() {
    ended = true;
    if (dial != null) {
      dial.close();
    }
  }

  private void end(String why) {
    if (!ended) {
      close();
      owner.ended(why);
    }
  }

  private final class Dialled implements TcpDial.Outcome {
    @Override
    public void connected(Channel channel) {
      // The handshake follows.
    }

    @Override
    public void failed(Throwable why) {
      end(NetworkErrors.text(why));
    }
  }

  private final class Pipeline extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel fresh) throws SSLException {
      ChannelPipeline pipeline = fresh.pipeline();
      pipeline.addLast(new FlushConsolidationHandler(64, true));
      if (secure) {
        pipeline.addLast(tls.context().newHandler(fresh.alloc(), url.getHost(), port));
      }
      HttpHeaders headers = new DefaultHttpHeaders();
      token.ifPresent(secret -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + secret));
      pipeline.addLast(
          new IdleStateHandler(PathSocket.SILENCE_SECONDS, PathSocket.PING_SECONDS, 0),
          new HttpClientCodec(),
          new HttpObjectAggregator(RESPONSE_LIMIT),
          new WebSocketClientProtocolHandler(
              WebSocketClientProtocolConfig.newBuilder()
                  .webSocketUri(socketUri())
                  .version(WebSocketVersion.V13)
                  .customHeaders(headers)
                  .maxFramePayloadLength(PathSocket.MESSAGE_LIMIT)
                  .handshakeTimeoutMillis(HANDSHAKE_MILLIS)
                  .build()),
          new Conversation());
    }

    private URI socketUri() {
      return URI.create(
          (secure ? "wss://" : "ws://")
              + url.getRawAuthority()
              + Optional.ofNullable(url.getRawPath()).orElse("").replaceFirst("/+$", "")
              + PathSocket.URL_PATH);
    }
  }

  private final class Conversation extends SimpleChannelInboundHandler<BinaryWebSocketFrame> {
    private String why = "the connection was closed";

    @Override
    protected void channelRead0(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
      if (ended) {
        return;
      }
      if (frame.isFinalFragment() && frame.content().readableBytes() > PathSocket.ID_SIZE) {
        owner.message(frame.content());
      } else {
        why = "not an egress: a broken frame";
        context.close();
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        if (!ended) {
          up = true;
          owner.up(context.channel());
        }
      } else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
        why = "no WebSocket handshake in time";
        context.close();
      } else if (event instanceof IdleStateEvent idle) {
        if (idle.state() == IdleState.READER_IDLE) {
          why = "silent for " + PathSocket.SILENCE_SECONDS + " s";
          context.close();
        } else if (up) {
          context.writeAndFlush(new PingWebSocketFrame());
        }
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      why =
          cause instanceof WebSocketClientHandshakeException
              ? "not an egress, or the token is wrong: " + cause.getMessage()
              : NetworkErrors.text(cause);
      context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end(why);
    }
  }
}
