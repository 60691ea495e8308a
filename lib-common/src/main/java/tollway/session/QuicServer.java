// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.loop.NettyEventLoop;

/** QUIC at the egress. */
final class QuicServer implements Transport {
  private static final Logger log = LoggerFactory.getLogger(QuicServer.class);

  private final NettyEventLoop loop;
  private final Owner owner;
  private final PacketSizeAllocator packetSizes =
      new PacketSizeAllocator(ClientSessionConfig.LEAST_PACKET);
  private @Nullable QuicChannel quic;

  /** {@code datagrams} is not registered yet. */
  QuicServer(
      NettyEventLoop loop,
      VirtualDatagramChannel datagrams,
      QuicSslContext tls,
      int packetSize,
      Owner owner) {
    this.loop = loop;
    this.owner = owner;
    QuicServerCodecBuilder builder =
        new QuicServerCodecBuilder()
            .sslContext(tls)
            .initialMaxStreamsBidirectional(QuicLimits.STREAMS)
            // The attachment has proved the address: no Retry (RFC 9000 §8.1.2) is needed.
            .tokenHandler(null)
            .option(ChannelOption.ALLOCATOR, packetSizes)
            .handler(new ConnectionEvents())
            .streamHandler(new Streams());
    datagrams.pipeline().addLast(QuicLimits.apply(builder, packetSize).build());
    datagrams.registerOn(loop);
  }

  @Override
  public Future<DuplexChannel> openStream(ChannelHandler handler) {
    throw new UnsupportedOperationException("the desktop opens streams");
  }

  @Override
  public void packetLimit(int bytes) {
    packetSizes.limit(bytes);
  }

  @Override
  public long decrypted() {
    return QuicLimits.decrypted(quic);
  }

  @Override
  public Future<?> close(int error) {
    QuicChannel connection = quic;
    if (connection == null) {
      return loop.netty().newSucceededFuture(null);
    }
    return error == 0 ? connection.close() : connection.close(true, error, Unpooled.EMPTY_BUFFER);
  }

  private final class ConnectionEvents extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true; // One per session, but the codec asks for every connection it accepts.
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      if (quic == null && context.channel() instanceof QuicChannel first) {
        quic = first;
      } else {
        context.close(); // One session, one connection.
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (context.channel() == quic) {
        owner.ended(new SessionEnd(SessionEnd.Cause.CLOSED, "the desktop closed the connection"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.debug("a session's connection failed: {}", cause.toString());
      context.close();
    }
  }

  private final class Streams extends ChannelInitializer<QuicStreamChannel> {
    @Override
    protected void initChannel(QuicStreamChannel stream) {
      owner.opened(stream, stream.streamId() == 0);
    }

    @Override
    public boolean isSharable() {
      return true;
    }
  }
}
