// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * What is said to a proxy first. Handlers behind it see a connection that becomes active when the
 * proxy has connected us, or an {@link UpstreamException}; then it is gone from the pipeline.
 */
abstract class UpstreamHandshake extends ByteToMessageDecoder {
  /** An answer that is longer than this is none, in bytes. */
  static final int ANSWER_LIMIT = 8 << 10;

  private final Upstream proxy;
  private boolean over;

  UpstreamHandshake(Upstream proxy) {
    this.proxy = proxy;
  }

  /** For a connection to {@code host}, a name or an address, by {@code proxy}. */
  static UpstreamHandshake of(Upstream proxy, String host, int port) {
    return switch (proxy.kind()) {
      case HTTP -> new HttpTunnel(proxy, host, port);
      case SOCKS5 -> new SocksTunnel(proxy, host, port);
    };
  }

  /** Our first word. */
  abstract ByteBuf greeting();

  /** Reads one word of the proxy, when it is whole, and answers it. */
  abstract void hear(ChannelHandlerContext context, ByteBuf in);

  final Upstream proxy() {
    return proxy;
  }

  /** The connection is the caller's from now on. */
  final void opened(ChannelHandlerContext context) {
    over = true;
    context.fireChannelActive();
    context.pipeline().remove(this);
  }

  final void refused(ChannelHandlerContext context, String what) {
    if (!over) {
      over = true;
      context.fireExceptionCaught(new UpstreamException(proxy, what));
      context.close();
    }
  }

  /** It does not want us without, or with, what we said of ourselves. */
  final void notLetIn(ChannelHandlerContext context) {
    refused(
        context,
        proxy.login().isPresent()
            ? "it does not accept that user and password"
            : "it wants a user and a password");
  }

  @Override
  public final void channelActive(ChannelHandlerContext context) {
    context.writeAndFlush(greeting());
  }

  @Override
  protected final void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (over) {
      in.skipBytes(in.readableBytes());
    } else {
      hear(context, in);
      if (!over && in.readableBytes() > ANSWER_LIMIT) {
        refused(context, "it does not speak " + proxy.kind());
      }
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext context) throws Exception {
    refused(context, "it closed the connection");
    super.channelInactive(context);
  }
}
