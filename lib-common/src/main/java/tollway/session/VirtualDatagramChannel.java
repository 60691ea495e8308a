// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Queue;
import tollway.loop.SocketlessChannel;

/**
 * A datagram channel without a socket, for Netty's QUIC codec to run over. Both ends have one
 * address that never changes, so to QUIC the network never changes either; which path a packet
 * takes is decided below.
 */
final class VirtualDatagramChannel extends SocketlessChannel {
  static final InetSocketAddress DESKTOP = address(1);
  static final InetSocketAddress EGRESS = address(2);

  /** More inbound packets than this wait for a loop that does not keep up; the rest is dropped. */
  private static final int INBOUND_LIMIT = 8192;

  private final InetSocketAddress local;
  private final InetSocketAddress remote;
  private final PacketBatch outbound;
  private final Queue<ByteBuf> inbound = new ArrayDeque<>();
  private boolean draining;

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

  /**
   * Takes over one packet from a path. Delivery waits for the next turn of the loop, so that a
   * whole batch is followed by one read-complete: delivering inline makes QUIC stall. On the loop.
   */
  void receive(ByteBuf packet) {
    if (!isOpen() || inbound.size() >= INBOUND_LIMIT) {
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
      if (isOpen()) {
        pipeline().fireChannelRead(new DatagramPacket(packet, local, remote));
      } else {
        packet.release();
      }
    }
    if (isOpen()) {
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
  protected void release() {
    outbound.release();
    inbound.forEach(ByteBuf::release);
    inbound.clear();
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
  protected void doBeginRead() {
    // Packets come when a path brings them.
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
