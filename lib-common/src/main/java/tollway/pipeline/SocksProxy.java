// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.socksx.v5.DefaultSocks5CommandResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5InitialResponse;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5Message;
import io.netty.handler.codec.socksx.v5.Socks5ServerEncoder;
import java.util.concurrent.atomic.LongAdder;
import tollway.bytes.MalformedBytesException;

/** One SOCKS5 connection (RFC 1928), until it carries a stream: no authentication, CONNECT only. */
final class SocksProxy extends SimpleChannelInboundHandler<Socks5Message> {
  private final WaitingStreams streams;
  private boolean asked;

  SocksProxy(WaitingStreams streams) {
    this.streams = streams;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Socks5Message message) {
    if (!message.decoderResult().isSuccess()) {
      context.close();
    } else if (message instanceof Socks5InitialRequest greeting) {
      boolean open = greeting.authMethods().contains(Socks5AuthMethod.NO_AUTH);
      Socks5AuthMethod method = open ? Socks5AuthMethod.NO_AUTH : Socks5AuthMethod.UNACCEPTED;
      context
          .writeAndFlush(new DefaultSocks5InitialResponse(method))
          .addListener(open ? done -> {} : ChannelFutureListener.CLOSE);
    } else if (message instanceof Socks5CommandRequest command && !asked) {
      asked = true;
      command(context, command);
    } else {
      context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void command(ChannelHandlerContext context, Socks5CommandRequest command) {
    if (!command.type().equals(Socks5CommandType.CONNECT)) {
      refuse(context, Socks5CommandStatus.COMMAND_UNSUPPORTED);
      return;
    }
    try {
      Destination destination = Destination.of(command.dstAddr(), command.dstPort());
      context.channel().config().setAutoRead(false);
      streams.open(destination, new Connecting(context));
    } catch (MalformedBytesException wrong) {
      refuse(context, Socks5CommandStatus.ADDRESS_UNSUPPORTED);
    }
  }

  private static void refuse(ChannelHandlerContext context, Socks5CommandStatus status) {
    context.writeAndFlush(reply(status)).addListener(ChannelFutureListener.CLOSE);
  }

  private static DefaultSocks5CommandResponse reply(Socks5CommandStatus status) {
    // The address that the egress bound is nobody's business (RFC 1928 §6 lets it be anything).
    return new DefaultSocks5CommandResponse(status, Socks5AddressType.IPv4, "0.0.0.0", 0);
  }

  /** RFC 1928 §6. */
  static Socks5CommandStatus status(NoStream why) {
    if (why.status().isEmpty()) {
      return Socks5CommandStatus.HOST_UNREACHABLE;
    }
    return switch (why.status().get()) {
      case FORBIDDEN -> Socks5CommandStatus.FORBIDDEN;
      case NO_SUCH_NAME -> Socks5CommandStatus.HOST_UNREACHABLE;
      case UNREACHABLE -> Socks5CommandStatus.NETWORK_UNREACHABLE;
      case REFUSED -> Socks5CommandStatus.CONNECTION_REFUSED;
      case TIMED_OUT -> Socks5CommandStatus.TTL_EXPIRED;
      case CONNECTED, BUSY, BAD_HEADER -> Socks5CommandStatus.FAILURE;
    };
  }

  private final class Connecting implements WaitingStreams.Outcome {
    private final ChannelHandlerContext context;

    Connecting(ChannelHandlerContext context) {
      this.context = context;
    }

    @Override
    public void connected(QuicStreamChannel stream) {
      context.writeAndFlush(reply(Socks5CommandStatus.SUCCESS));
      DuplexChannel client = (DuplexChannel) context.channel();
      for (Class<? extends io.netty.channel.ChannelHandler> done :
          java.util.List.of(
              ProxyGreeting.IdleEnd.class,
              Socks5ServerEncoder.class,
              Socks5InitialRequestDecoder.class)) {
        client.pipeline().remove(done);
      }
      Relay.join(client, stream, new LongAdder(), new LongAdder());
      // Hands on what came behind the request.
      client.pipeline().remove(Socks5CommandRequestDecoder.class);
      client.pipeline().remove(SocksProxy.this);
    }

    @Override
    public void failed(NoStream why) {
      if (context.channel().isActive()) {
        refuse(context, status(why));
      }
    }

    @Override
    public boolean cancelled() {
      return !context.channel().isActive();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }
}
