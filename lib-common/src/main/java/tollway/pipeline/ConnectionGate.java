// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * First in each connection to an egress: finds out whose it is, and turns away who has too many. A
 * trusted balancer must say by the PROXY protocol, version 2, for whom it connects; from others
 * that header is nothing that the next handler understands.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private static final long HEADER_SECONDS = 5;

  /** What a balancer may add to the header, in bytes: we need none of it. */
  private static final int EXTRAS_LIMIT = 2048;

  private final PeerCounts counts;
  private @Nullable ScheduledFuture<?> deadline;

  private ConnectionGate(PeerCounts counts) {
    this.counts = counts;
  }

  /** Puts itself into the pipeline of {@code channel}; false when that has been closed instead. */
  static boolean guard(Channel channel, PeerCounts counts, List<AddressBlock> balancers) {
    if (!counts.begin()) {
      channel.close();
      return false;
    }
    channel.closeFuture().addListener(closed -> counts.end());
    if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
      channel.close(); // It went away already.
      return false;
    }
    byte[] address = peer.getAddress().getAddress();
    if (balancers.stream().anyMatch(block -> block.contains(address))) {
      channel
          .pipeline()
          .addLast(new HAProxyMessageDecoder(EXTRAS_LIMIT, true), new ConnectionGate(counts));
      return true;
    }
    return admit(channel, peer.getAddress(), counts);
  }

  private static boolean admit(Channel channel, InetAddress address, PeerCounts counts) {
    Optional<Runnable> end = counts.begin(address);
    if (end.isEmpty()) {
      channel.close();
      return false;
    }
    channel.closeFuture().addListener(closed -> end.get().run());
    return true;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline = context.executor().schedule(() -> context.close(), HEADER_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof HAProxyMessage header)) {
      context.fireChannelRead(message);
      return;
    }
    try {
      if (header.protocolVersion() == HAProxyProtocolVersion.V2
          && admit(context.channel(), client(header, context.channel()), counts)) {
        context.pipeline().remove(this);
      } else {
        context.close();
      }
    } catch (UnknownHostException noAddress) {
      context.close(); // It connects for somebody who has no Internet address.
    } finally {
      header.release();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // No header, or a broken one.
  }

  /** Section 2.2 of the protocol: with LOCAL the balancer speaks for itself, to see if we live. */
  private static InetAddress client(HAProxyMessage header, Channel channel)
      throws UnknownHostException {
    if (header.command() == HAProxyCommand.LOCAL) {
      return ((InetSocketAddress) channel.remoteAddress()).getAddress();
    }
    byte[] address =
        header.sourceAddress() == null
            ? null
            : NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
    if (address == null) {
      throw new UnknownHostException();
    }
    return InetAddress.getByAddress(address);
  }
}
