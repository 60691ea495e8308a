// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tollway.loop.ThreadEventLoop;

/** Handshakes of ours with ours, as somebody on the wire sees their first datagram. */
final class Handshakes implements AutoCloseable {
  private final ThreadEventLoop loop = new ThreadEventLoop("hello-test");
  private final DtlsCertificate certificate =
      DtlsCertificate.generate(new SecureRandom(), Instant.now());

  @Override
  public void close() {
    loop.close();
  }

  /** The hello of one that succeeds. */
  SeenHello one(List<HelloProfile> hellos) throws Exception {
    End client = new End();
    End server = new End();
    loop.execute(
        () -> {
          client.start(DtlsSession.Role.CLIENT, hellos, server);
          server.start(DtlsSession.Role.SERVER, List.of(), client);
        });
    client.connected.get(30, TimeUnit.SECONDS);
    server.connected.get(30, TimeUnit.SECONDS);
    CompletableFuture.runAsync(
            () -> {
              client.close();
              server.close();
            },
            loop)
        .get(20, TimeUnit.SECONDS);
    return SeenHello.read(client.first.get());
  }

  private final class End implements DtlsListener {
    final CompletableFuture<Boolean> connected = new CompletableFuture<>();
    final CompletableFuture<byte[]> first = new CompletableFuture<>();
    private @Nullable DtlsSession session;

    void start(DtlsSession.Role role, List<HelloProfile> hellos, End peer) {
      session =
          DtlsSession.start(
              loop,
              role,
              certificate,
              PeerCheck.oneOf(List.of(certificate.fingerprint())),
              hellos,
              Duration.ofSeconds(20),
              datagram -> carry(datagram, peer),
              this);
    }

    private void carry(ByteBuf datagram, End peer) {
      byte[] bytes = ByteBufUtil.getBytes(datagram);
      datagram.release();
      first.complete(bytes);
      loop.execute(() -> peer.receive(bytes));
    }

    private void receive(byte[] datagram) {
      if (session != null) {
        session.receive(Unpooled.wrappedBuffer(datagram));
      }
    }

    void close() {
      if (session != null) {
        session.close();
      }
    }

    @Override
    public void connected() {
      connected.complete(true);
    }

    @Override
    public void record(ByteBuf plaintext) {}

    @Override
    public void closed(String why) {
      connected.completeExceptionally(new AssertionError(why));
    }
  }
}
