// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.NettyLoops;
import tollway.pipeline.Preamble;

/** A bridge's Extended ORPort over a real socket, which may be anybody. */
final class ExtendedOrPortTest {
  private static final Bytes COOKIE =
      Bytes.ofUtf8("! Extended ORPort Auth Cookie !\n").plus(Bytes.of(new byte[32]));

  private final NettyLoops loops = new NettyLoops(1);

  @AfterEach
  void stop() {
    loops.close();
  }

  /** What one kind of bridge does. */
  private interface Bridge {
    void serve(DataInputStream in, OutputStream out) throws Exception;
  }

  @Test
  void aBridgeLearnsTheTransportAndTheDataFollows() throws Exception {
    String heard =
        talk(
            (in, out) -> {
              honest(in, out);
              assertThat(in.readShort()).as("TRANSPORT").isEqualTo((short) 2);
              assertThat(new String(in.readNBytes(in.readShort()), StandardCharsets.US_ASCII))
                  .isEqualTo("tollway");
              assertThat(in.readInt()).as("DONE").isZero();
              out.write(Bytes.ofHex("77770001ff").toArray()); // Whatever that may mean.
              out.write(Bytes.ofHex("10000000").toArray());
              out.write("early".getBytes(StandardCharsets.US_ASCII));
            });
    assertThat(heard).isEqualTo("early");
  }

  @Test
  void whoDoesNotKnowTheCookieIsNotTrusted() throws Exception {
    assertThat(
            talk(
                (in, out) -> {
                  out.write(Bytes.ofHex("0100").toArray());
                  assertThat(in.readNBytes(33)).hasSize(33);
                  out.write(new byte[64]);
                }))
        .isEqualTo("failed: the bridge does not know its own cookie");
  }

  @Test
  void refusalsAreTold() throws Exception {
    assertThat(talk((in, out) -> out.write(Bytes.ofHex("0203" + "00").toArray())))
        .isEqualTo("failed: the bridge knows no way to prove who we are");
    assertThat(talk((in, out) -> out.close())).isEqualTo("failed: the bridge hung up");
    assertThat(
            talk(
                (in, out) -> {
                  honest(in, out);
                  out.write(Bytes.ofHex("10010000").toArray());
                }))
        .isEqualTo("failed: the bridge takes no more connections");
  }

  @Test
  void noiseIsAFailureAndNothingElse() throws Exception {
    Random random = new Random(8);
    for (int i = 0; i < 60; i++) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      if (i % 2 == 0 && noise.length > 2) {
        noise[0] = 1;
        noise[1] = 0;
      }
      assertThat(
              talk(
                  (in, out) -> {
                    out.write(noise);
                    out.close();
                  }))
          .startsWith("failed: ");
    }
  }

  @Test
  void aFileThatIsNoCookieIsRefused() {
    for (Bytes wrong : new Bytes[] {Bytes.EMPTY, Bytes.of(new byte[64]), COOKIE.slice(0, 63)}) {
      assertThatThrownBy(() -> ExtendedOrPort.of(wrong))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  /** Proves that it knows the cookie, and believes us when we do. */
  private static void honest(DataInputStream in, OutputStream out) throws Exception {
    ExtendedOrPort same = ExtendedOrPort.of(COOKIE);
    out.write(Bytes.ofHex("0301" + "00").toArray());
    assertThat(in.readByte()).isEqualTo((byte) 1);
    Bytes toldByUs = Bytes.of(in.readNBytes(32));
    Bytes toldByBridge = Bytes.of(new byte[32]);
    out.write(same.serverHash(toldByUs, toldByBridge).plus(toldByBridge).toArray());
    assertThat(Bytes.of(in.readNBytes(32))).isEqualTo(same.clientHash(toldByUs, toldByBridge));
    out.write(1);
  }

  /** What was heard after the preamble, or why it failed. */
  private String talk(Bridge bridge) throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served = CompletableFuture.runAsync(() -> serveOne(listener, bridge));
      DuplexChannel connection =
          (DuplexChannel)
              new Bootstrap()
                  .group(loops.group())
                  .channel(loops.socketChannel())
                  .option(ChannelOption.AUTO_READ, false)
                  .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                  .handler(new ChannelInboundHandlerAdapter())
                  .connect(listener.getLocalSocketAddress())
                  .sync()
                  .channel();
      ExtendedOrPort port = ExtendedOrPort.of(COOKIE);
      connection.eventLoop().execute(() -> port.say(connection, outcome(connection, heard)));
      String told = heard.get(20, TimeUnit.SECONDS);
      connection.close().sync();
      served.get(20, TimeUnit.SECONDS);
      return told;
    }
  }

  private static Preamble.Outcome outcome(
      DuplexChannel connection, CompletableFuture<String> heard) {
    return new Preamble.Outcome() {
      @Override
      public void said() {
        connection
            .pipeline()
            .addLast(
                new SimpleChannelInboundHandler<ByteBuf>() {
                  @Override
                  protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                    heard.complete(bytes.toString(StandardCharsets.US_ASCII));
                  }
                });
        connection.config().setAutoRead(true);
      }

      @Override
      public void failed(String why) {
        heard.complete("failed: " + why);
        connection.close();
      }
    };
  }

  private static void serveOne(ServerSocket listener, Bridge bridge) {
    try (Socket socket = listener.accept()) {
      socket.setSoTimeout(15_000);
      bridge.serve(new DataInputStream(socket.getInputStream()), socket.getOutputStream());
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException hungUp) {
      // So may they.
    } catch (Exception wrong) {
      throw new AssertionError(wrong);
    }
  }
}
