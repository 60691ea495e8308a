// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import tollway.loop.NettyEventLoop;
import tollway.mux.Multiplexer;
import tollway.webrtc.dtls.DtlsCertificate;

/** Streams over DTLS and SCTP, at either end. */
final class DtlsTransport implements Transport {
  private final NettyEventLoop loop;
  private final VirtualDatagramChannel datagrams;
  private final InetSocketAddress peer;
  private final Multiplexer mux;
  private boolean flushIsDue;

  private interface Begin {
    Multiplexer begin(Multiplexer.Owner events);
  }

  private DtlsTransport(
      NettyEventLoop loop,
      VirtualDatagramChannel datagrams,
      InetSocketAddress peer,
      Owner owner,
      SessionEndOf ending,
      Begin begin) {
    this.loop = loop;
    this.datagrams = datagrams;
    this.peer = peer;
    datagrams.pipeline().addLast(new Inbound());
    datagrams.registerOn(loop);
    mux = begin.begin(new Events(owner, ending));
  }

  private interface SessionEndOf {
    SessionEnd because(String why);
  }

  /** At the desktop, whose certificate nobody asks for; {@code datagrams} is not registered yet. */
  static Transport client(
      NettyEventLoop loop, VirtualDatagramChannel datagrams, PinnedTrust trust, Owner owner) {
    DtlsCertificate own = DtlsCertificate.generate(new SecureRandom(), loop.now());
    return new DtlsTransport(
        loop,
        datagrams,
        VirtualDatagramChannel.EGRESS,
        owner,
        why ->
            trust.mismatched()
                ? SessionEnd.wrongPin()
                : new SessionEnd(SessionEnd.Cause.LOST, "the connection to the egress: " + why),
        events -> Multiplexer.client(loop, datagrams, own, trust::accepts, events));
  }

  /** At the egress. */
  static Transport server(
      NettyEventLoop loop,
      VirtualDatagramChannel datagrams,
      EgressCertificate certificate,
      Owner owner) {
    return new DtlsTransport(
        loop,
        datagrams,
        VirtualDatagramChannel.DESKTOP,
        owner,
        why -> new SessionEnd(SessionEnd.Cause.CLOSED, why),
        // Whose session it is the desktop states on the first stream.
        events ->
            Multiplexer.server(loop, datagrams, certificate.forDtls(), anybody -> true, events));
  }

  @Override
  public Future<DuplexChannel> openStream(ChannelHandler handler) {
    return mux.open(handler);
  }

  @Override
  public void packetLimit(int bytes) {
    // Packets are of the least length always: loss costs more here than length gains.
  }

  @Override
  public long decrypted() {
    return mux.heard();
  }

  @Override
  public Future<?> close(int error) {
    mux.close();
    datagrams.flush();
    return loop.netty().newSucceededFuture(null);
  }

  private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      mux.receive(packet.content());
    }
  }

  private final class Events implements Multiplexer.Owner {
    private final Owner owner;
    private final SessionEndOf ending;

    Events(Owner owner, SessionEndOf ending) {
      this.owner = owner;
      this.ending = ending;
    }

    @Override
    public void datagram(ByteBuf datagram) {
      datagrams.write(new DatagramPacket(datagram, peer));
      if (!flushIsDue) {
        flushIsDue = true;
        loop.execute(DtlsTransport.this::flush);
      }
    }

    @Override
    public void connected() {
      owner.connected();
    }

    @Override
    public void opened(DuplexChannel stream, int id) {
      owner.opened(stream, id == 0);
    }

    @Override
    public void closed(String why) {
      owner.ended(ending.because(why));
    }
  }

  /** What one turn of the loop has written shares frames. */
  private void flush() {
    flushIsDue = false;
    datagrams.flush();
  }
}
