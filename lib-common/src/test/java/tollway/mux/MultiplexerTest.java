// SPDX-License-Identifier: Apache-2.0
package tollway.mux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.loop.NettyEventLoop;
import tollway.loop.NettyLoops;
import tollway.webrtc.dtls.DtlsCertificate;
import tollway.webrtc.dtls.PeerCheck;

/** Streams over datagrams, some of which get lost. */
final class MultiplexerTest {
  private final NettyLoops loops = new NettyLoops(1);
  private final NettyEventLoop loop = loops.next();
  private final Channel parent = new EmbeddedChannel();
  private final DtlsCertificate hers = DtlsCertificate.generate(new SecureRandom(), Instant.now());
  private final End client = new End();
  private final End server = new End();

  @BeforeEach
  void connect() throws Exception {
    client.other = server;
    server.other = client;
    onLoop(
        () -> {
          DtlsCertificate own = DtlsCertificate.generate(new SecureRandom(), Instant.now());
          PeerCheck isServer = PeerCheck.oneOf(List.of(hers.fingerprint()));
          server.mux = Multiplexer.server(loop, parent, hers, anybody -> true, server);
          client.mux = Multiplexer.client(loop, parent, own, isServer, client);
          return true;
        });
    client.connected.get(30, TimeUnit.SECONDS);
    server.connected.get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    onLoop(
        () -> {
          client.mux().close();
          server.mux().close();
          return true;
        });
    loops.close();
  }

  @Test
  void aStreamClosesByItselfAndItsNumberIsUsedAfresh() throws Exception {
    for (int round = 0; round < 300; round++) {
      String said = "round " + round;
      assertThat(ask(said)).isEqualTo(said);
    }
    assertThat(server.mostAtOnce).isLessThan(8);
  }

  @Test
  void aReaderThatStopsHoldsUpNobodyElse() throws Exception {
    Collector stopped = new Collector();
    DuplexChannel slow = open(stopped);
    onLoop(() -> slow.config().setAutoRead(false));
    onLoop(() -> slow.writeAndFlush(text("flood")));
    DuplexChannel flooding = server.streams.poll(30, TimeUnit.SECONDS);
    for (int i = 0; i < 20; i++) {
      String said = "beside it " + i;
      assertThat(ask(said)).isEqualTo(said);
    }
    assertThat(onLoop(flooding::isWritable)).isFalse();
    // What has left the flooding end is what the stopped one let it say, and no more.
    assertThat(onLoop(() -> flooding.unsafe().outboundBuffer().totalPendingWriteBytes()))
        .isGreaterThan(FLOOD - 4 * MuxStream.FIRST_WINDOW);
    assertThat(stopped.bytes).isLessThanOrEqualTo(MuxStream.MESSAGE);

    onLoop(() -> slow.config().setAutoRead(true));
    assertThat(stopped.whole.get(60, TimeUnit.SECONDS)).hasSize(FLOOD);
  }

  @Test
  void whatWasAbortedEndsAsAFailureAtTheOtherEnd() throws Exception {
    Collector reader = new Collector();
    DuplexChannel stream = open(reader);
    onLoop(() -> stream.writeAndFlush(text("flood")));
    DuplexChannel flooding = server.streams.poll(30, TimeUnit.SECONDS);
    onLoop(
        () -> {
          ((MuxStream) flooding).abort();
          return true;
        });
    assertThatThrownBy(() -> reader.whole.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("the other end reset the stream");
    stream.closeFuture().get(30, TimeUnit.SECONDS);
    assertThat(ask("goes on")).isEqualTo("goes on");
  }

  @Test
  void whoWritesToNobodyIsToldSo() throws Exception {
    DuplexChannel stream = open(new Collector());
    onLoop(() -> stream.writeAndFlush(text("hold")));
    DuplexChannel theirs = server.streams.poll(30, TimeUnit.SECONDS);
    onLoop(stream::shutdownInput);
    ChannelFuture write =
        onLoop(() -> theirs.writeAndFlush(Unpooled.wrappedBuffer(new byte[FLOOD])));
    assertThatThrownBy(() -> write.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
  }

  @Test
  void aStreamThatNobodyWantsIsClosedAndTheOthersGoOn() throws Exception {
    server.refuses = true;
    Collector refused = new Collector();
    DuplexChannel stream = open(refused);
    onLoop(() -> stream.writeAndFlush(text("is anybody there?")));
    stream.closeFuture().get(30, TimeUnit.SECONDS);
    server.refuses = false;
    assertThat(ask("goes on")).isEqualTo("goes on");
  }

  @Test
  void bytesThatNobodyAllowedEndIt() throws Exception {
    DuplexChannel stream = open(new Collector());
    onLoop(() -> stream.config().setAutoRead(false));
    onLoop(() -> stream.writeAndFlush(text("hold")));
    server.streams.poll(30, TimeUnit.SECONDS);
    onLoop(
        () -> {
          for (int sent = 0; sent <= 4 * MuxStream.FIRST_WINDOW; sent += MuxStream.MESSAGE) {
            server
                .mux()
                .say(0, MuxMessage.DATA, Unpooled.wrappedBuffer(new byte[MuxStream.MESSAGE]));
          }
          return true;
        });
    assertThat(client.closed.get(30, TimeUnit.SECONDS)).contains("bytes that nobody allowed");
  }

  @Test
  void whateverAHostileEndSaysNothingIsThrown() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      End fresh = new End();
      boolean asClient = random.nextBoolean();
      onLoop(
          () -> {
            Multiplexer mux =
                asClient
                    ? Multiplexer.client(loop, parent, hers, anybody -> true, fresh)
                    : Multiplexer.server(loop, parent, hers, anybody -> true, fresh);
            fresh.mux = mux;
            for (int i = 0; i < 200 && !fresh.closed.isDone(); i++) {
              byte[] payload = new byte[1 + random.nextInt(random.nextInt(4) == 0 ? 20_000 : 6)];
              random.nextBytes(payload);
              MuxMessage[] kinds = MuxMessage.values();
              int ppid =
                  random.nextInt(50) == 0
                      ? random.nextInt()
                      : kinds[random.nextInt(kinds.length)].ppid();
              mux.message(random.nextInt(4), ppid, Unpooled.wrappedBuffer(payload));
            }
            mux.close();
            return true;
          });
    }
    assertThat(ask("goes on")).isEqualTo("goes on");
  }

  @Test
  void aServerThatIsNotTheOneExpectedIsRefused() throws Exception {
    End victim = new End();
    End mallory = new End();
    victim.other = mallory;
    mallory.other = victim;
    onLoop(
        () -> {
          mallory.mux = Multiplexer.server(loop, parent, hers, anybody -> true, mallory);
          victim.mux = Multiplexer.client(loop, parent, hers, nobody -> false, victim);
          return true;
        });
    assertThat(victim.closed.get(30, TimeUnit.SECONDS)).contains("not the one expected");
    assertThat(victim.connected).isNotDone();
    onLoop(
        () -> {
          mallory.mux().close();
          return true;
        });
  }

  // ---- both ends

  private static final int FLOOD = 3_000_000;

  /** One end; what it hears of the other gets lost now and then. */
  private final class End implements Multiplexer.Owner {
    final CompletableFuture<Void> connected = new CompletableFuture<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    final LinkedBlockingQueue<DuplexChannel> streams = new LinkedBlockingQueue<>();
    private final Random random = new Random(3);
    private final Queue<ByteBuf> wire = new ArrayDeque<>();
    int mostAtOnce;
    private int now;
    volatile boolean refuses;
    @Nullable End other;
    @Nullable Multiplexer mux;

    Multiplexer mux() {
      if (mux == null) {
        throw new IllegalStateException("not begun");
      }
      return mux;
    }

    @Override
    public void datagram(ByteBuf datagram) {
      wire.add(datagram);
      loop.execute(this::carry);
    }

    private void carry() {
      ByteBuf datagram = wire.remove();
      if (other != null && other.mux != null && random.nextInt(200) != 0) {
        other.mux.receive(datagram);
      }
      datagram.release();
    }

    @Override
    public void connected() {
      connected.complete(null);
    }

    @Override
    public void opened(DuplexChannel stream, int id) {
      mostAtOnce = Math.max(mostAtOnce, ++now);
      stream.closeFuture().addListener(left -> now--);
      if (refuses) {
        stream.close();
        return;
      }
      streams.add(stream);
      stream.pipeline().addLast(new Service());
    }

    @Override
    public void closed(String why) {
      closed.complete(why);
    }
  }

  /** Says everything again; "flood" makes it say much instead, and "hold" nothing. */
  private static final class Service extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      String said = bytes.toString(StandardCharsets.UTF_8);
      if (said.equals("flood")) {
        bytes.release();
        DuplexChannel stream = (DuplexChannel) context.channel();
        for (int sent = 0; sent < FLOOD; sent += 30_000) {
          stream.write(Unpooled.wrappedBuffer(new byte[30_000]));
        }
        stream.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(all -> stream.shutdownOutput());
      } else if (said.equals("hold")) {
        bytes.release();
      } else {
        context.writeAndFlush(bytes);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownReadComplete) {
        DuplexChannel stream = (DuplexChannel) context.channel();
        stream.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(all -> stream.shutdownOutput());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteBuf got = Unpooled.buffer();
    volatile long bytes;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf more = (ByteBuf) message;
      got.writeBytes(more);
      more.release();
      bytes = got.readableBytes();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof ChannelInputShutdownReadComplete) {
        byte[] all = new byte[got.readableBytes()];
        got.readBytes(all);
        whole.complete(all);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      whole.completeExceptionally(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      whole.completeExceptionally(new IOException("closed"));
    }
  }

  private DuplexChannel open(Collector collector) throws Exception {
    return onLoop(() -> client.mux().open(collector)).get(30, TimeUnit.SECONDS);
  }

  private String ask(String said) throws Exception {
    Collector answer = new Collector();
    DuplexChannel stream = open(answer);
    onLoop(() -> stream.writeAndFlush(text(said)).addListener(all -> stream.shutdownOutput()));
    return new String(answer.whole.get(30, TimeUnit.SECONDS), StandardCharsets.UTF_8);
  }

  private static ByteBuf text(String said) {
    return Unpooled.copiedBuffer(said, StandardCharsets.UTF_8);
  }

  private <T> T onLoop(Callable<T> action) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            result.complete(action.call());
          } catch (Exception wrong) {
            result.completeExceptionally(wrong);
          }
        });
    return result.get(30, TimeUnit.SECONDS);
  }
}
