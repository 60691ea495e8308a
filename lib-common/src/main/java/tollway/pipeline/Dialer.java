// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tollway.loop.NettyLoops;

/**
 * Connects an egress to where streams want to go: resolves the name, asks the policy about every
 * address, and tries those that remain as RFC 8305 has it. Any thread.
 */
final class Dialer implements AutoCloseable {
  /** What became of an attempt: a channel that does not read yet, or what to answer. */
  interface Outcome {
    void connected(DuplexChannel channel);

    void failed(StreamAnswer why);
  }

  /** What became of a name: addresses that may be dialled, at least one, or what to answer. */
  interface Lookup {
    void found(List<InetSocketAddress> allowed);

    void failed(StreamAnswer why);
  }

  /** RFC 8305 §5: the pause before the next address is tried too. */
  private static final long NEXT_ADDRESS_MILLIS = 250;

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int QUERY_TIMEOUT_MILLIS = 4_000;

  /** More addresses of one name than this are not tried. */
  private static final int MOST_ADDRESSES = 8;

  private static final int MAX_DATAGRAM = 65_535;
  private static final WriteBufferWaterMark DATAGRAM_QUEUE =
      new WriteBufferWaterMark(32 << 10, 64 << 10);

  private final NettyLoops loops;
  private final DialPolicy policy;
  private final DnsAddressResolverGroup resolvers;

  Dialer(NettyLoops loops, DialPolicy policy) {
    this.loops = loops;
    this.policy = policy;
    resolvers =
        new DnsAddressResolverGroup(
            new DnsNameResolverBuilder()
                .datagramChannelType(loops.datagramChannel())
                .socketChannelType(loops.socketChannel())
                .nameServerProvider(DnsServerAddressStreamProviders.platformDefault())
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .maxQueriesPerResolve(8));
  }

  /** Dials on {@code loop}, where the outcome is told, once. */
  void dial(Destination destination, EventLoop loop, Outcome outcome) {
    lookUp(
        destination,
        loop,
        new Lookup() {
          @Override
          public void found(List<InetSocketAddress> allowed) {
            new Attempts(inTurn(allowed), loop, outcome).next();
          }

          @Override
          public void failed(StreamAnswer why) {
            outcome.failed(why);
          }
        });
  }

  /** Finds the addresses of {@code destination} that the policy allows; told once. On the loop. */
  void lookUp(Destination destination, EventLoop loop, Lookup lookup) {
    Optional<String> objection = policy.objectionToPort(destination.port());
    if (objection.isPresent()) {
      lookup.failed(new StreamAnswer(StreamAnswer.Status.FORBIDDEN, objection.get()));
      return;
    }
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(destination.host());
    if (literal != null) {
      sift(List.of(address(literal, destination.port())), lookup);
      return;
    }
    AddressResolver<InetSocketAddress> resolver = resolvers.getResolver(loop);
    resolver
        .resolveAll(InetSocketAddress.createUnresolved(destination.host(), destination.port()))
        .addListener(
            (Future<List<InetSocketAddress>> resolved) -> {
              if (resolved.isSuccess()) {
                sift(resolved.getNow(), lookup);
              } else {
                lookup.failed(
                    new StreamAnswer(
                        StreamAnswer.Status.NO_SUCH_NAME, "the egress finds no such host"));
              }
            });
  }

  /** Whether the policy has nothing against {@code address} now. */
  boolean allows(InetSocketAddress address) {
    return policy.objectionTo(address).isEmpty();
  }

  /** Binds a UDP socket of its own for {@code handler}, on {@code loop}. */
  ChannelFuture datagramSocket(EventLoop loop, ChannelHandler handler) {
    return new Bootstrap()
        .group(loop)
        .channel(loops.datagramChannel())
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM))
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, DATAGRAM_QUEUE)
        .handler(handler)
        .bind(0);
  }

  @Override
  public void close() {
    resolvers.close();
  }

  private void sift(List<InetSocketAddress> all, Lookup lookup) {
    List<InetSocketAddress> allowed = new ArrayList<>();
    String objection = "the name has no address";
    for (InetSocketAddress address : all) {
      Optional<String> against = policy.objectionTo(address);
      if (against.isPresent()) {
        objection = against.get();
      } else {
        allowed.add(address);
      }
    }
    if (allowed.isEmpty()) {
      lookup.failed(new StreamAnswer(StreamAnswer.Status.FORBIDDEN, objection));
    } else {
      lookup.found(allowed);
    }
  }

  private static InetSocketAddress address(byte[] octets, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(octets), port);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** RFC 8305 §4: the families take turns, beginning with the resolver's first choice. */
  private static List<InetSocketAddress> inTurn(List<InetSocketAddress> addresses) {
    boolean sixFirst = isSix(addresses.get(0));
    List<InetSocketAddress> first = new ArrayList<>();
    List<InetSocketAddress> second = new ArrayList<>();
    addresses.forEach(address -> (isSix(address) == sixFirst ? first : second).add(address));
    List<InetSocketAddress> turns = new ArrayList<>();
    for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
      if (i < first.size()) {
        turns.add(first.get(i));
      }
      if (i < second.size()) {
        turns.add(second.get(i));
      }
    }
    return turns.subList(0, Math.min(MOST_ADDRESSES, turns.size()));
  }

  private static boolean isSix(InetSocketAddress address) {
    return address.getAddress() instanceof Inet6Address;
  }

  /** One race between the addresses of a name; on its loop. */
  private final class Attempts {
    private final List<InetSocketAddress> addresses;
    private final EventLoop loop;
    private final Outcome outcome;
    private final List<ChannelFuture> running = new ArrayList<>();
    private int started;
    private int failed;
    private boolean decided;

    Attempts(List<InetSocketAddress> addresses, EventLoop loop, Outcome outcome) {
      this.addresses = addresses;
      this.loop = loop;
      this.outcome = outcome;
    }

    void next() {
      if (decided || started == addresses.size()) {
        return;
      }
      InetSocketAddress address = addresses.get(started++);
      ChannelFuture attempt =
          new Bootstrap()
              .group(loop)
              .channel(loops.socketChannel())
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.SO_KEEPALIVE, true)
              .option(ChannelOption.AUTO_READ, false)
              .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(address);
      running.add(attempt);
      attempt.addListener((ChannelFuture done) -> ended(done));
      if (started < addresses.size()) {
        loop.schedule(this::next, NEXT_ADDRESS_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
      }
    }

    private void ended(ChannelFuture attempt) {
      if (decided) {
        attempt.channel().close();
      } else if (attempt.isSuccess()) {
        decided = true;
        forOthers(attempt, other -> other.channel().close());
        outcome.connected((DuplexChannel) attempt.channel());
      } else if (++failed == addresses.size()) {
        decided = true;
        outcome.failed(answer(attempt.cause()));
      } else {
        next();
      }
    }

    private void forOthers(ChannelFuture winner, Consumer<ChannelFuture> action) {
      running.stream().filter(attempt -> attempt != winner).forEach(action);
    }
  }

  private static StreamAnswer answer(Throwable cause) {
    if (cause instanceof io.netty.channel.ConnectTimeoutException) {
      return new StreamAnswer(StreamAnswer.Status.TIMED_OUT, "the host does not answer");
    }
    if (cause instanceof NoRouteToHostException) {
      return new StreamAnswer(StreamAnswer.Status.UNREACHABLE, "no route to the host");
    }
    if (cause instanceof ConnectException
        && String.valueOf(cause.getMessage()).contains("refused")) {
      return new StreamAnswer(StreamAnswer.Status.REFUSED, "the host refuses the connection");
    }
    return new StreamAnswer(StreamAnswer.Status.UNREACHABLE, "the host cannot be reached");
  }
}
