// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.ListenException;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;

/**
 * A UDP server that tells askers the address they came from (RFC 8489 §12 basic server). It answers
 * nothing but well-formed Binding requests, each source only so often, and never with much more
 * than it was sent: useless as an amplifier.
 *
 * <p>With a {@link StunAlternate} it also answers from another address or port than it was asked at
 * (RFC 5780 §6), always to where the request came from: RESPONSE-PORT and PADDING, which would let
 * strangers choose more than that, are refused.
 *
 * <p>On a host with several addresses bind each of them: a socket bound to all addresses answers
 * from the one that the route prefers, which is not always the one that was asked.
 */
public final class StunResponder implements AutoCloseable {
  /** A client behind a busy NAT shares its address with others: generous, and still harmless. */
  private static final int BURST = 200;

  private static final int PER_SECOND = 50;
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
  private static final Logger log = LoggerFactory.getLogger(StunResponder.class);

  private final NettyEventLoop loop;
  private final SourceBudget budget;
  private final List<Channel> channels = new ArrayList<>();
  private final List<InetSocketAddress> addresses = new CopyOnWriteArrayList<>();

  /** Has answers that go out when the requests at hand are read; on the loop. */
  private final Set<Channel> unflushed = new HashSet<>();

  private volatile @Nullable StunQuartet quartet;

  private StunResponder(NettyEventLoop loop) {
    this.loop = loop;
    this.budget =
        new SourceBudget(BURST, PER_SECOND, new SecureRandom().nextLong(), loop.nanoTime());
  }

  /** Listens on {@code address}; port 0 lets the system choose. Not on a loop: it waits. */
  public static StunResponder bind(NettyLoops loops, InetSocketAddress address) throws IOException {
    return bind(loops, List.of(address));
  }

  /** Listens on all of {@code addresses} or on none. Not on a loop: it waits. */
  public static StunResponder bind(NettyLoops loops, List<InetSocketAddress> addresses)
      throws IOException {
    return bind(loops, addresses, Optional.empty());
  }

  /**
   * The same; the first of {@code addresses} and the {@code alternate} serve RFC 5780 together, by
   * three more sockets.
   */
  public static StunResponder bind(
      NettyLoops loops, List<InetSocketAddress> addresses, Optional<StunAlternate> alternate)
      throws IOException {
    // One loop for all sockets: the budget is one, and needs no lock.
    StunResponder responder = new StunResponder(loops.next());
    try {
      for (InetSocketAddress address : addresses) {
        responder.listen(address);
      }
      if (alternate.isPresent()) {
        responder.listenOn(alternate.get());
      }
    } catch (IOException refused) {
      responder.close();
      throw refused;
    }
    return responder;
  }

  /** Where it listens, in the order asked for; the sockets of an alternate come after. */
  public List<InetSocketAddress> addresses() {
    return List.copyOf(addresses);
  }

  /** Stops listening. Not on a loop: it waits until the sockets are closed. */
  @Override
  public void close() {
    channels.stream().map(Channel::close).toList().forEach(ChannelFuture::awaitUninterruptibly);
  }

  private void listenOn(StunAlternate alternate) throws IOException {
    InetSocketAddress first = addresses.get(0);
    Channel channel = channels.get(0);
    int at = channels.size();
    listen(alternate.bind());
    InetSocketAddress second = addresses.get(at);
    listen(new InetSocketAddress(first.getAddress(), second.getPort()));
    listen(new InetSocketAddress(second.getAddress(), first.getPort()));
    InetSocketAddress firstTold = alternate.firstTold().orElse(first);
    InetSocketAddress secondTold = alternate.told().orElse(second);
    quartet =
        new StunQuartet(
            List.of(channel, channels.get(at + 1), channels.get(at + 2), channels.get(at)),
            List.of(
                firstTold,
                new InetSocketAddress(firstTold.getAddress(), secondTold.getPort()),
                new InetSocketAddress(secondTold.getAddress(), firstTold.getPort()),
                secondTold));
  }

  private void listen(InetSocketAddress address) throws IOException {
    if (address.isUnresolved()) {
      throw new IOException("cannot resolve " + address.getHostString());
    }
    boolean ipv4 = address.getAddress() instanceof Inet4Address;
    Channel bound =
        ListenException.check(
            loop.datagramBootstrap(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6)
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                .handler(new Requests())
                .bind(address),
            "UDP",
            address);
    channels.add(bound);
    addresses.add((InetSocketAddress) bound.localAddress());
  }

  /** Answers what deserves an answer. On the responder's loop. */
  private final class Requests extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      InetSocketAddress sender = packet.sender();
      // A source port of 0 cannot be answered; our own port would talk to itself.
      if (sender.getPort() == 0 || addresses.contains(sender)) {
        return;
      }
      if (!budget.admits(sender.getAddress(), loop.nanoTime())) {
        return;
      }
      try {
        StunMessage request = StunCodec.decode(Bytes.of(packet.content().nioBuffer()));
        if (request.isBinding(StunMessage.Kind.REQUEST)) {
          answer(context.channel(), request, sender);
        }
      } catch (MalformedBytesException malformed) {
        log.trace("no STUN: {}", malformed.getMessage());
      }
    }

    private void answer(Channel at, StunMessage request, InetSocketAddress sender) {
      StunQuartet four = quartet;
      List<Integer> unknown = new ArrayList<>(request.unknownRequired());
      Optional<StunQuartet.Reply> reply =
          four == null ? Optional.empty() : four.reply(at, request, sender);
      if (reply.isPresent()) {
        unknown.remove((Integer) StunAttribute.ChangeRequest.TYPE);
      }
      if (!unknown.isEmpty()) {
        // RFC 8489 §6.3.1.
        send(
            at,
            request.error(
                StunAttribute.ErrorCode.UNKNOWN_ATTRIBUTE,
                new StunAttribute.UnknownAttributes(unknown)),
            sender);
      } else if (reply.isPresent()) {
        send(reply.get().from(), reply.get().message(), sender);
      } else {
        send(at, request.success(new StunAttribute.XorMappedAddress(sender)), sender);
      }
    }

    private void send(Channel from, StunMessage answer, InetSocketAddress to) {
      DatagramPacket packet =
          new DatagramPacket(Unpooled.wrappedBuffer(StunCodec.encode(answer).toBuffer()), to);
      from.write(packet);
      unflushed.add(from);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      unflushed.forEach(Channel::flush);
      unflushed.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.debug("answering STUN: {}", cause.toString());
    }
  }
}
