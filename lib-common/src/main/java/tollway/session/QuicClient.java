// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;
import tollway.loop.NettyEventLoop;

/** QUIC at the desktop. */
final class QuicClient implements Transport {
  private static final int CONNECT_TIMEOUT_MILLIS = 15_000;

  private final NettyEventLoop loop;
  private final PinnedTrust trust;
  private final Owner owner;
  private final PacketSizeAllocator packetSizes;
  private @Nullable QuicChannel quic;

  /** {@code datagrams} is not registered yet. */
  QuicClient(
      NettyEventLoop loop,
      VirtualDatagramChannel datagrams,
      PinnedTrust trust,
      int packetSize,
      int packetLimit,
      Owner owner) {
    this.loop = loop;
    this.trust = trust;
    this.owner = owner;
    packetSizes = new PacketSizeAllocator(packetLimit);
    QuicClientCodecBuilder builder =
        new QuicClientCodecBuilder()
            .sslContext(
                QuicSslContextBuilder.forClient()
                    .trustManager(trust)
                    .applicationProtocols(QuicLimits.PROTOCOL)
                    .build());
    datagrams.pipeline().addLast(QuicLimits.apply(builder, packetSize).build());
    datagrams.registerOn(loop);
    connect(datagrams);
  }

  private void connect(VirtualDatagramChannel datagrams) {
    QuicChannel.newBootstrap(datagrams)
        .handler(new ConnectionEvents())
        // The egress opens no streams: its limit is zero.
        .streamHandler(new ChannelInboundHandlerAdapter())
        .remoteAddress(VirtualDatagramChannel.EGRESS)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(ChannelOption.ALLOCATOR, packetSizes)
        .connect()
        .addListener(
            (Future<QuicChannel> done) -> {
              if (done.isSuccess()) {
                quic = done.getNow();
                owner.connected();
              } else if (trust.mismatched()) {
                owner.ended(SessionEnd.wrongPin());
              } else {
                owner.ended(
                    new SessionEnd(
                        SessionEnd.Cause.LOST, "no QUIC connection: " + done.cause().getMessage()));
              }
            });
  }

  @Override
  public Future<DuplexChannel> openStream(ChannelHandler handler) {
    QuicChannel connected = quic;
    if (connected == null) {
      return loop.netty().newFailedFuture(new IllegalStateException("not connected"));
    }
    Promise<DuplexChannel> opened = loop.netty().newPromise();
    connected
        .createStream(QuicStreamType.BIDIRECTIONAL, handler)
        .addListener(
            (Future<QuicStreamChannel> done) -> {
              if (done.isSuccess()) {
                opened.setSuccess(done.getNow());
              } else {
                opened.setFailure(done.cause());
              }
            });
    return opened;
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
    QuicChannel connected = quic;
    return connected == null
        ? loop.netty().newSucceededFuture(null)
        : connected.close(true, error, Unpooled.EMPTY_BUFFER);
  }

  /** The connection as a whole: tells us when it ends. */
  private final class ConnectionEvents extends ChannelInboundHandlerAdapter {
    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (quic != null) {
        owner.ended(
            new SessionEnd(SessionEnd.Cause.LOST, "the connection to the egress has ended"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
