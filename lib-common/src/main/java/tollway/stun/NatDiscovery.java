// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static tollway.stun.NatBehavior.Dependence.ADDRESS_AND_PORT_DEPENDENT;
import static tollway.stun.NatBehavior.Dependence.ADDRESS_DEPENDENT;
import static tollway.stun.NatBehavior.Dependence.ENDPOINT_INDEPENDENT;

import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import tollway.loop.NettyEventLoop;
import tollway.stun.NatBehavior.Dependence;
import tollway.stun.StunAttribute.ChangeRequest;
import tollway.stun.StunAttribute.OtherAddress;
import tollway.stun.StunAttribute.XorMappedAddress;
import tollway.stun.StunSocket.Answer;

/**
 * Finds out what the NAT on the way to a server does, with the server's help (RFC 5780 §4.3, §4.4).
 * Two sockets: what the one sends to the server's other address would open the filter of the other.
 */
public final class NatDiscovery {
  private final InetSocketAddress server;
  private final StunPace pace;

  private NatDiscovery(InetSocketAddress server, StunPace pace) {
    this.server = server;
    this.pace = pace;
  }

  /**
   * The future completes on the loop, at most twice the pace's patience later; with an {@link
   * IOException} when the server is silent or no server for this. Any thread.
   *
   * @param server a resolved address
   */
  public static CompletableFuture<NatBehavior> discover(
      NettyEventLoop loop, InetSocketAddress server, StunPace pace) {
    NatDiscovery discovery = new NatDiscovery(server, pace);
    CompletableFuture<Mapping> mapping = onSocket(loop, server, discovery::mapping);
    CompletableFuture<Dependence> filtering = onSocket(loop, server, discovery::filtering);
    return mapping.thenCombine(
        filtering,
        (map, filter) -> new NatBehavior(map.mapped(), map.translated(), map.mapping(), filter));
  }

  /**
   * The other address of a server as its answer names it; fails when it names none that serves: it
   * must differ in address and port, and a public server must not send us into private networks.
   */
  public static InetSocketAddress otherAddress(InetSocketAddress server, StunMessage answer)
      throws IOException {
    InetSocketAddress other =
        answer
            .first(OtherAddress.class)
            .map(OtherAddress::address)
            .orElseThrow(() -> failure(server, "does not speak RFC 5780"));
    boolean fits =
        other.getAddress().getClass() == server.getAddress().getClass()
            && !other.getAddress().equals(server.getAddress())
            && other.getPort() != server.getPort()
            && other.getPort() != 0;
    if (!fits) {
      throw failure(server, "names no other address that serves");
    }
    InetAddress there = other.getAddress();
    if (there.isMulticastAddress()
        || there.isAnyLocalAddress()
        || (isNear(there) && !isNear(server.getAddress()))) {
      throw failure(server, "names another address that is not on the public Internet");
    }
    return other;
  }

  private static boolean isNear(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress();
  }

  private record Mapping(InetSocketAddress mapped, boolean translated, Dependence mapping) {}

  private static <T> CompletableFuture<T> onSocket(
      NettyEventLoop loop,
      InetSocketAddress server,
      Function<StunSocket, CompletableFuture<T>> body) {
    SocketProtocolFamily family =
        server.getAddress() instanceof Inet4Address
            ? SocketProtocolFamily.INET
            : SocketProtocolFamily.INET6;
    return StunSocket.open(loop, family, (from, why) -> {})
        .thenComposeAsync(
            socket -> body.apply(socket).whenComplete((result, failure) -> socket.close()), loop);
  }

  private CompletableFuture<Mapping> mapping(StunSocket socket) {
    return socket
        .ask(server, pace)
        .thenCompose(
            first -> {
              InetSocketAddress mapped = mapped(first);
              InetSocketAddress other = other(first);
              // RFC 5780 §4.3, test II: the other address, the same port.
              InetSocketAddress second =
                  new InetSocketAddress(other.getAddress(), server.getPort());
              CompletableFuture<Answer> test2 = socket.ask(second, pace);
              CompletableFuture<Answer> test3 = socket.ask(other, pace);
              return test2.thenCombine(
                  test3,
                  (at2, at3) ->
                      new Mapping(
                          mapped,
                          !mapped.equals(local(socket)),
                          mapped(at2).equals(mapped)
                              ? ENDPOINT_INDEPENDENT
                              : mapped(at3).equals(mapped(at2))
                                  ? ADDRESS_DEPENDENT
                                  : ADDRESS_AND_PORT_DEPENDENT));
            });
  }

  private CompletableFuture<Dependence> filtering(StunSocket socket) {
    return socket
        .ask(server, pace)
        .thenCompose(
            first -> {
              InetSocketAddress other = other(first);
              // RFC 5780 §4.4, tests II and III: what comes in opens nothing, so both at once.
              CompletableFuture<Boolean> both =
                  comes(socket.ask(server, pace, new ChangeRequest(true, true)), other);
              CompletableFuture<Boolean> port =
                  comes(
                      socket.ask(server, pace, new ChangeRequest(false, true)),
                      new InetSocketAddress(server.getAddress(), other.getPort()));
              return both.thenCombine(
                  port,
                  (fromOther, fromOtherPort) ->
                      fromOther
                          ? ENDPOINT_INDEPENDENT
                          : fromOtherPort ? ADDRESS_DEPENDENT : ADDRESS_AND_PORT_DEPENDENT);
            });
  }

  /** Whether the answer comes, from where it must; silence is the filter's. */
  private CompletableFuture<Boolean> comes(
      CompletableFuture<Answer> question, InetSocketAddress origin) {
    return question.handle(
        (answer, silence) -> {
          if (answer == null) {
            return false;
          }
          if (!answer.from().equals(origin)
              || !answer.message().isBinding(StunMessage.Kind.SUCCESS)) {
            throw new CompletionException(
                failure(server, "does not answer from its other address when asked to"));
          }
          return true;
        });
  }

  private InetSocketAddress mapped(Answer answer) {
    return answer
        .message()
        .first(XorMappedAddress.class)
        .map(XorMappedAddress::address)
        .orElseThrow(
            () -> new CompletionException(failure(answer.from(), "answers without an address")));
  }

  private InetSocketAddress other(Answer answer) {
    try {
      return otherAddress(server, answer.message());
    } catch (IOException useless) {
      throw new CompletionException(useless);
    }
  }

  private InetSocketAddress local(StunSocket socket) {
    try {
      return socket.localToward(server);
    } catch (IOException unreachable) {
      throw new CompletionException(unreachable);
    }
  }

  private static IOException failure(InetSocketAddress server, String what) {
    return new IOException(NetUtil.toSocketAddressString(server) + " " + what);
  }
}
