// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyEventLoop;

/**
 * One UDP socket that asks any number of STUN servers any number of questions, so that what they
 * say of its address can be compared. Lives on one loop, on which its futures complete.
 */
public final class StunSocket implements AutoCloseable {
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
  private static final Logger log = LoggerFactory.getLogger(StunSocket.class);

  private final NettyEventLoop loop;
  private final Strays strays;
  private final Random random = new SecureRandom();
  private final Map<Bytes, Question> questions = new HashMap<>();
  private final CompletableFuture<StunSocket> opened = new CompletableFuture<>();
  private final ChannelFuture bound;

  /** What came and answers nothing that was asked. */
  public interface Strays {
    /** On the loop; {@code why} in a few words. */
    void stray(InetSocketAddress from, String why);
  }

  /**
   * What a server said: its success or its refusal.
   *
   * @param took since the question was sent first
   */
  public record Answer(InetSocketAddress from, StunMessage message, Duration took) {}

  /** Waits for its answer. */
  private record Question(
      InetSocketAddress to, boolean anySource, long askedAt, CompletableFuture<Answer> answer) {}

  private StunSocket(NettyEventLoop loop, SocketProtocolFamily family, Strays strays) {
    this.loop = loop;
    this.strays = strays;
    this.bound =
        loop.datagramBootstrap(family)
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .handler(new Answers())
            .bind(0);
    bound.addListener(
        done -> {
          if (done.isSuccess()) {
            opened.complete(this);
          } else {
            opened.completeExceptionally(
                new IOException("cannot open a UDP socket: " + done.cause().getMessage()));
          }
        });
  }

  /** A fresh socket on a port of the system's choice. Any thread. */
  public static CompletableFuture<StunSocket> open(
      NettyEventLoop loop, SocketProtocolFamily family, Strays strays) {
    return new StunSocket(loop, family, strays).opened;
  }

  /**
   * Asks with a fresh transaction id. Silence fails the future, and so does the system's refusal to
   * send. Only the server that was asked may answer; to a CHANGE-REQUEST, whoever knows the id.
   */
  public CompletableFuture<Answer> ask(
      InetSocketAddress to, StunPace pace, StunAttribute... attributes) {
    loop.checkInLoop();
    StunMessage request = StunMessage.request(StunMessage.newTransactionId(random), attributes);
    Bytes datagram = StunCodec.encode(request);
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    questions.put(
        request.transactionId(),
        new Question(
            to,
            request.first(StunAttribute.ChangeRequest.class).isPresent(),
            loop.nanoTime(),
            answer));
    StunTransaction transaction =
        StunTransaction.start(
            loop,
            pace.pause(),
            pace.sends(),
            () -> send(to, datagram, answer),
            () -> answer.completeExceptionally(silence(to, pace)));
    answer.whenComplete(
        (message, failure) -> {
          transaction.finish();
          questions.remove(request.transactionId());
        });
    return answer;
  }

  private static IOException silence(InetSocketAddress to, StunPace pace) {
    return new IOException(
        "no answer from %s within %d ms"
            .formatted(NetUtil.toSocketAddressString(to), pace.patience().toMillis()));
  }

  private void send(InetSocketAddress to, Bytes datagram, CompletableFuture<Answer> answer) {
    bound
        .channel()
        .writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram.toBuffer()), to))
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                answer.completeExceptionally(
                    new IOException(
                        "cannot send to %s: %s"
                            .formatted(NetUtil.toSocketAddressString(to), reason(done.cause()))));
              }
            });
  }

  /** What the system says, without the name of its call. */
  private static String reason(Throwable refused) {
    return String.valueOf(refused.getMessage())
        .replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
  }

  /** The address that this socket has when it sends to {@code server}, before any NAT. */
  public InetSocketAddress localToward(InetSocketAddress server) throws IOException {
    int port = ((InetSocketAddress) bound.channel().localAddress()).getPort();
    // Connecting a UDP socket sends nothing: it asks the routing table.
    try (DatagramChannel route = DatagramChannel.open().connect(server)) {
      return new InetSocketAddress(
          ((InetSocketAddress) route.getLocalAddress()).getAddress(), port);
    }
  }

  /** Questions without an answer never get one. Any thread. */
  @Override
  public void close() {
    bound.channel().close();
  }

  private final class Answers extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      InetSocketAddress from = packet.sender();
      StunMessage message;
      try {
        message = StunCodec.decode(Bytes.of(packet.content().nioBuffer()));
      } catch (MalformedBytesException malformed) {
        strays.stray(from, "no STUN: " + malformed.getMessage());
        return;
      }
      Question question = questions.get(message.transactionId());
      boolean answers =
          message.isBinding(StunMessage.Kind.SUCCESS) || message.isBinding(StunMessage.Kind.ERROR);
      if (question == null) {
        strays.stray(from, "a transaction id that nobody asked with");
      } else if (!answers) {
        strays.stray(from, "no answer to a Binding request");
      } else if (question.anySource() || from.equals(question.to())) {
        Duration took = Duration.ofNanos(loop.nanoTime() - question.askedAt());
        question.answer().complete(new Answer(from, message, took));
      } else {
        strays.stray(from, "an answer from another address than was asked");
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      log.debug("asking STUN servers: {}", cause.toString());
    }
  }
}
