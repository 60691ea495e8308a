// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.List;

/** Tells by the first byte of a connection whether it is SOCKS5 or HTTP. */
final class ProxyGreeting extends ByteToMessageDecoder {
  /** A connection that asks for nothing is closed after this. */
  static final int IDLE_SECONDS = 120;

  private static final int SOCKS4 = 4;
  private static final int SOCKS5 = 5;
  private static final int LINE_LIMIT = 16 << 10;
  private static final int HEADERS_LIMIT = 64 << 10;
  private static final int CHUNK_LIMIT = 32 << 10;

  private final ProxyPort port;

  ProxyGreeting(ProxyPort port) {
    this.port = port;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.pipeline().addFirst(IdleEnd.NAME, new IdleEnd(IDLE_SECONDS));
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    int first = in.getUnsignedByte(in.readerIndex());
    ChannelPipeline pipeline = context.pipeline();
    if (first == SOCKS5) {
      pipeline.addLast(new SocksProxy(port));
    } else if (first == SOCKS4) {
      context.close(); // Cannot name a host and has no way to say so: SOCKS5 is everywhere.
      return;
    } else {
      pipeline.addLast(
          new HttpServerCodec(LINE_LIMIT, HEADERS_LIMIT, CHUNK_LIMIT), new HttpProxy(port));
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
