// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.socksx.SocksVersion;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5ServerEncoder;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.List;

/** Tells by the first byte of a connection whether it is SOCKS5 or HTTP. */
final class ProxyGreeting extends ByteToMessageDecoder {
  /** A connection that asks for nothing is closed after this. */
  private static final int IDLE_SECONDS = 120;

  private static final int LINE_LIMIT = 16 << 10;
  private static final int HEADERS_LIMIT = 64 << 10;
  private static final int CHUNK_LIMIT = 32 << 10;

  private final WaitingStreams streams;

  ProxyGreeting(WaitingStreams streams) {
    this.streams = streams;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.pipeline().addFirst(IdleEnd.NAME, new IdleEnd(IDLE_SECONDS));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int first = in.getUnsignedByte(in.readerIndex());
    ChannelPipeline pipeline = context.pipeline();
    if (first == SocksVersion.SOCKS5.byteValue()) {
      pipeline.addLast(
          Socks5ServerEncoder.DEFAULT,
          new Socks5InitialRequestDecoder(),
          new Socks5CommandRequestDecoder(),
          new SocksProxy(streams));
    } else if (first == SocksVersion.SOCKS4a.byteValue()) {
      context.close(); // Cannot name a host and has no way to say so: SOCKS5 is everywhere.
      return;
    } else {
      pipeline.addLast(
          new HttpServerCodec(LINE_LIMIT, HEADERS_LIMIT, CHUNK_LIMIT), new HttpProxy(streams));
    }
    pipeline.remove(this); // Hands the bytes on.
  }

  /** Closes a connection on which nothing is asked; removed once it carries a stream. */
  static final class IdleEnd extends IdleStateHandler {
    static final String NAME = "idle";

    IdleEnd(int seconds) {
      super(0, 0, seconds);
    }

    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
      context.close();
    }
  }
}
