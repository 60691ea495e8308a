// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Queue;
import tollway.loop.NettyEventLoop;

/**
 * A datagram channel without a socket, for Netty's QUIC codec to run over. Both ends have one
 * address that never changes, so to QUIC the network never changes either; which path a packet
 * takes is decided below.
 */
final class VirtualDatagramChannel extends AbstractChannel {
  static final InetSocketAddress DESKTOP = address(1);
  static final InetSocketAddress EGRESS = address(2);

  /** More inbound packets than this wait for a loop that does not keep up; the rest is dropped. */
  private static final int INBOUND_LIMIT = 8192;

  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final PacketBatch outbound;
  private final Queue<ByteBuf> inbound = new ArrayDeque<>();
  private boolean draining;
  private boolean open = true;

  VirtualDatagramChannel(InetSocketAddress local, InetSocketAddress remote, PacketBatch outbound) {
    super(null);
    this.local = local;
    this.remote = remote;
    this.outbound = outbound;
  }

  /** Closes it, whether it was registered or not. */
  void end() {
    if (isRegistered()) {
      close();
    } else {
      doClose();
    }
  }

  void registerOn(NettyEventLoop loop) {
    EventLoopGroup group = loop.netty();
    group.register(this);
  }

  /**
   * Takes over one packet from a path. Delivery waits for the next turn of the loop, so that a
   * whole batch is followed by one read-complete: delivering inline makes QUIC stall. On the loop.
   */
  void receive(ByteBuf packet) {
    if (!open || inbound.size() >= INBOUND_LIMIT) {
      packet.release();
      return;
    }
    inbound.add(packet);
    if (!draining) {
      draining = true;
      eventLoop().execute(this::drain);
    }
  }

  private void drain() {
    draining = false;
    int count = inbound.size();
    for (int i = 0; i < count; i++) {
      ByteBuf packet = inbound.remove();
      if (open) {
        pipeline().fireChannelRead(new DatagramPacket(packet, local, remote));
      } else {
        packet.release();
      }
    }
    if (open) {
      pipeline().fireChannelReadComplete();
    }
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer in) {
    for (Object message = in.current(); message != null; message = in.current()) {
      if (message instanceof DatagramPacket packet) {
        outbound.add(packet.content());
      }
      in.remove();
    }
    outbound.flush();
  }

  @Override
  protected void doClose() {
    open = false;
    outbound.release();
    inbound.forEach(ByteBuf::release);
    inbound.clear();
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new AbstractUnsafe() {
      @Override
      public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
        promise.setFailure(new UnsupportedOperationException("the QUIC codec connects"));
      }
    };
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true;
  }

  @Override
  protected SocketAddress localAddress0() {
    return local;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return remote;
  }

  @Override
  protected void doBind(SocketAddress to) {
    throw new UnsupportedOperationException("has no socket to bind");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doBeginRead() {
    // Packets come when a path brings them.
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return open;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  /** 192.0.2.0/24 is for documentation (RFC 5737): never a real peer. */
  private static InetSocketAddress address(int host) {
    try {
      byte[] octets = {(byte) 192, 0, 2, (byte) host};
      return new InetSocketAddress(InetAddress.getByAddress(octets), 443);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
