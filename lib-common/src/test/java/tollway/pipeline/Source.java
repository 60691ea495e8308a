// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import tollway.loop.NettyLoops;

/** A site on loopback that sends for ever to whoever connects, or echoes. */
final class Source implements AutoCloseable {
  private static final byte[] PIECE = new byte[16 << 10];

  private final NettyLoops loops = new NettyLoops(1);
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final Channel listener;

  Source(boolean endless) {
    listener =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverSocketChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.incrementAndGet();
                    open.incrementAndGet();
                    channel.closeFuture().addListener(closed -> open.decrementAndGet());
                    channel.pipeline().addLast(endless ? new Endless() : new Echo());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  Destination at() {
    return new Destination("127.0.0.1", ((InetSocketAddress) listener.localAddress()).getPort());
  }

  /** How many connected ever. */
  int connections() {
    return connections.get();
  }

  int open() {
    return open.get();
  }

  @Override
  public void close() {
    loops.close();
  }

  private static final class Endless extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      pour(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      pour(context);
    }

    private static void pour(ChannelHandlerContext context) {
      while (context.channel().isActive() && context.channel().isWritable()) {
        context.writeAndFlush(Unpooled.wrappedBuffer(PIECE));
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      context.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
