// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Finds out which HTTP a connection speaks, then makes way for it: over TLS it was agreed upon
 * (ALPN, RFC 7301); without TLS the first bytes of HTTP/2 are those of no request (RFC 9113 §3.3).
 */
final class Http2Choice {
  private static final byte[] PREFACE = "PRI * HTTP/2.0".getBytes(StandardCharsets.US_ASCII);

  private Http2Choice() {}

  /** {@code then} adds handlers behind what is there; true: for HTTP/2. */
  static void add(
      ChannelPipeline pipeline, boolean secure, BiConsumer<ChannelPipeline, Boolean> then) {
    pipeline.addLast(secure ? new Agreed(then) : new Guessed(then));
  }

  private static final class Agreed extends ApplicationProtocolNegotiationHandler {
    private final BiConsumer<ChannelPipeline, Boolean> then;

    Agreed(BiConsumer<ChannelPipeline, Boolean> then) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.then = then;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      then.accept(context.pipeline(), protocol.equals(ApplicationProtocolNames.HTTP_2));
    }

    /** Not worth a line: anybody can bring that about. */
    @Override
    protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static final class Guessed extends ByteToMessageDecoder {
    private final BiConsumer<ChannelPipeline, Boolean> then;

    Guessed(BiConsumer<ChannelPipeline, Boolean> then) {
      this.then = then;
    }

    /** What was read goes on to the new handlers when this one is removed. */
    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      int known = Math.min(in.readableBytes(), PREFACE.length);
      boolean same = true;
      for (int i = 0; i < known && same; i++) {
        same = in.getByte(in.readerIndex() + i) == PREFACE[i];
      }
      if (!same || known == PREFACE.length) {
        then.accept(context.pipeline(), same);
        context.pipeline().remove(this);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
