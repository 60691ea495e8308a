// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;
import tollway.loop.Timer;

/** Asks a STUN server one question: which address do I seem to have? */
public final class StunClient {
  /** RFC 8489 §6.2.1: RTO and Rc. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private static final int SENDS = 7;
  private static final Logger log = LoggerFactory.getLogger(StunClient.class);

  private final NettyEventLoop loop;
  private final InetSocketAddress server;
  private final CompletableFuture<InetSocketAddress> answer;
  private final StunMessage question =
      StunMessage.request(StunMessage.newTransactionId(new SecureRandom()));

  private StunClient(
      NettyEventLoop loop, InetSocketAddress server, CompletableFuture<InetSocketAddress> answer) {
    this.loop = loop;
    this.server = server;
    this.answer = answer;
  }

  /**
   * Asks from a fresh socket. The future completes on the loop, with an {@link IOException} when
   * the server refuses or stays silent; cancelling it closes the socket. Any thread.
   *
   * @param server a resolved address
   */
  public static CompletableFuture<InetSocketAddress> query(
      NettyEventLoop loop, InetSocketAddress server, Duration timeout) {
    CompletableFuture<InetSocketAddress> answer = new CompletableFuture<>();
    if (server.isUnresolved()) {
      answer.completeExceptionally(new IOException("cannot resolve " + server.getHostString()));
      return answer;
    }
    loop.execute(() -> new StunClient(loop, server, answer).ask(timeout));
    return answer;
  }

  private void ask(Duration timeout) {
    boolean ipv4 = server.getAddress() instanceof Inet4Address;
    ChannelFuture bound =
        loop.datagramBootstrap(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6)
            .handler(new Answers())
            .bind(0);
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            askOn(bound.channel(), timeout);
          } else {
            fail("cannot open a UDP socket: " + done.cause().getMessage());
          }
        });
  }

  private void askOn(Channel channel, Duration timeout) {
    Timer deadline = loop.schedule(timeout, () -> fail(silence(timeout)));
    Bytes request = StunCodec.encode(question);
    StunTransaction transaction =
        StunTransaction.start(
            loop,
            FIRST_PAUSE,
            SENDS,
            () ->
                channel.writeAndFlush(
                    new DatagramPacket(Unpooled.wrappedBuffer(request.toBuffer()), server)),
            () -> fail(silence(timeout)));
    answer.whenComplete(
        (mapped, failure) ->
            loop.execute(
                () -> {
                  deadline.cancel();
                  transaction.finish();
                  channel.close();
                }));
  }

  private String silence(Duration timeout) {
    return "no answer from " + server + " within " + timeout.toMillis() + " ms";
  }

  private void fail(String why) {
    answer.completeExceptionally(new IOException(why));
  }

  /** Takes the one answer that fits the question, from the server that was asked. */
  private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      if (!packet.sender().equals(server)) {
        return;
      }
      try {
        StunMessage message = StunCodec.decode(Bytes.of(packet.content().nioBuffer()));
        if (message.transactionId().equals(question.transactionId())) {
          take(message);
        }
      } catch (MalformedBytesException malformed) {
        log.debug("not an answer from {}: {}", server, malformed.getMessage());
      }
    }

    private void take(StunMessage message) {
      if (message.isBinding(StunMessage.Kind.SUCCESS)) {
        message
            .first(StunAttribute.XorMappedAddress.class)
            .ifPresentOrElse(
                mapped -> answer.complete(mapped.address()),
                () -> fail(server + " answered without an address"));
      } else if (message.isBinding(StunMessage.Kind.ERROR)) {
        fail(
            server
                + " refused: "
                + message
                    .first(StunAttribute.ErrorCode.class)
                    .map(error -> error.code() + " " + error.reason())
                    .orElse("no code"));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.debug("asking {}: {}", server, cause.toString());
    }
  }
}
