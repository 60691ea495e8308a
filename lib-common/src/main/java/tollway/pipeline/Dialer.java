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
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;
  private static final int QUERY_TIMEOUT_MILLIS = 2_000;

  /** Servers, families and aliases of one name together. */
  private static final int MOST_QUERIES = 12;

  private static final int MAX_DATAGRAM = 65_535;
  private static final WriteBufferWaterMark DATAGRAM_QUEUE =
      new WriteBufferWaterMark(32 << 10, 64 << 10);

  private final NettyLoops loops;
  private final DialPolicy policy;
  private final Preamble preamble;
  private final DnsAddressResolverGroup resolvers;

  /** {@code nameServer} is asked instead of those that the system asks. */
  Dialer(
      NettyLoops loops,
      DialPolicy policy,
      Optional<InetSocketAddress> nameServer,
      Preamble preamble) {
    this.loops = loops;
    this.policy = policy;
    this.preamble = preamble;
    resolvers =
        new DnsAddressResolverGroup(
            new DnsNameResolverBuilder()
                .datagramChannelType(loops.datagramChannel())
                .socketChannelType(loops.socketChannel(), true)
                .nameServerProvider(
                    nameServer
                        .<DnsServerAddressStreamProvider>map(
                            SingletonDnsServerAddressStreamProvider::new)
                        .orElseGet(DnsServerAddressStreamProviders::platformDefault))
                .resolveCache(new NameCache(System::nanoTime))
                // Aliases are answered for with what they lead to: one cache is enough.
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                // A stranger's "intranet" is not a host of the operator's own domain.
                .searchDomains(List.of())
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .maxQueriesPerResolve(MOST_QUERIES));
  }

  /**
   * Dials on {@code loop}, where the outcome is told, once. Who does not wait for it any more gives
   * the race up.
   */
  DialRace dial(Destination destination, EventLoop loop, Outcome outcome) {
    DialRace race = new DialRace(loop, policy, () -> connection(loop), preamble, outcome);
    lookUp(
        destination,
        loop,
        new Lookup() {
          @Override
          public void found(List<InetSocketAddress> allowed) {
            race.start(allowed);
          }

          @Override
          public void failed(StreamAnswer why) {
            race.fail(why);
          }
        });
    return race;
  }

  private Bootstrap connection(EventLoop loop) {
    return new Bootstrap()
        .group(loop)
        .channel(loops.socketChannel())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_READ, false)
        .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .handler(new ChannelInboundHandlerAdapter());
  }

  /** Finds the addresses of {@code destination} that the policy allows; told once. On the loop. */
  void lookUp(Destination destination, EventLoop loop, Lookup lookup) {
    Optional<InetSocketAddress> only = policy.only();
    if (only.isPresent()) {
      lookup.found(List.of(only.get()));
      return;
    }
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
                lookup.failed(nameless(resolved.cause()));
              }
            });
  }

  /** Whether datagrams may go anywhere at all. */
  boolean carriesDatagrams() {
    return policy.only().isEmpty();
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

  /** Whether there is no such name, or nobody who could tell. */
  private static StreamAnswer nameless(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof DnsNameResolverTimeoutException) {
        return new StreamAnswer(
            StreamAnswer.Status.TIMED_OUT, "the egress's name server does not answer");
      }
      if (cause instanceof DnsErrorCauseException answer
          && !answer.getCode().equals(DnsResponseCode.NXDOMAIN)) {
        return new StreamAnswer(
            StreamAnswer.Status.UNREACHABLE, "the egress's name server fails: " + answer.getCode());
      }
    }
    return new StreamAnswer(StreamAnswer.Status.NO_SUCH_NAME, "the egress finds no such host");
  }

  private static InetSocketAddress address(byte[] octets, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(octets), port);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
