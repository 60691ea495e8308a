// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.loop.ThreadEventLoop;

/** Handshakes of ours with ours, as somebody on the wire sees their first datagram. */
final class HelloStyleTest {
  private static final int HANDSHAKES = 100;
  private static final int RECORD_AND_MESSAGE_HEADER = 13 + 12;

  private final ThreadEventLoop loop = new ThreadEventLoop("hello-test");
  private final DtlsCertificate certificate =
      DtlsCertificate.generate(new SecureRandom(), Instant.now());

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void aHundredHandshakesSucceedAndShowManyFaces() throws Exception {
    Set<List<Object>> faces = new HashSet<>();
    Set<List<Object>> asWritten = new HashSet<>();
    for (int i = 0; i < HANDSHAKES; i++) {
      Hello hello = Hello.read(Unpooled.wrappedBuffer(firstDatagramOfOne()));
      faces.add(hello.ja4());
      asWritten.add(List.of(hello.suites, hello.extensions, hello.schemes));
      assertThat(hello.suites.get(0)).isEqualTo(0xc02b);
      // Every browser's: groups, point formats, signatures, master secret, renegotiation.
      assertThat(hello.extensions).contains(10, 11, 13, 23, 0xff01).doesNotContain(5, 22);
    }
    assertThat(faces).hasSizeGreaterThan(HANDSHAKES * 3 / 4);
    assertThat(asWritten).hasSizeGreaterThan(HANDSHAKES * 9 / 10);
  }

  private byte[] firstDatagramOfOne() throws Exception {
    End client = new End();
    End server = new End();
    loop.execute(
        () -> {
          client.start(DtlsSession.Role.CLIENT, server);
          server.start(DtlsSession.Role.SERVER, client);
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
    return client.first.get();
  }

  private final class End implements DtlsListener {
    final CompletableFuture<Boolean> connected = new CompletableFuture<>();
    final CompletableFuture<byte[]> first = new CompletableFuture<>();
    private @Nullable DtlsSession session;

    void start(DtlsSession.Role role, End peer) {
      session =
          DtlsSession.start(
              loop,
              role,
              certificate,
              PeerCheck.oneOf(List.of(certificate.fingerprint())),
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

  /** The lists of a ClientHello (RFC 6347 §4.2.1), in their order. */
  private record Hello(List<Integer> suites, List<Integer> extensions, List<Integer> schemes) {
    static Hello read(ByteBuf datagram) {
      datagram.skipBytes(RECORD_AND_MESSAGE_HEADER + 2 + 32);
      datagram.skipBytes(datagram.readUnsignedByte());
      datagram.skipBytes(datagram.readUnsignedByte());
      List<Integer> suites = shorts(datagram.readSlice(datagram.readUnsignedShort()));
      datagram.skipBytes(datagram.readUnsignedByte());
      ByteBuf rest = datagram.readSlice(datagram.readUnsignedShort());
      List<Integer> extensions = new ArrayList<>();
      List<Integer> schemes = List.of();
      while (rest.isReadable()) {
        int type = rest.readUnsignedShort();
        ByteBuf value = rest.readSlice(rest.readUnsignedShort());
        extensions.add(type);
        if (type == 13) {
          schemes = shorts(value.skipBytes(2));
        }
      }
      return new Hello(suites, extensions, schemes);
    }

    private static List<Integer> shorts(ByteBuf list) {
      List<Integer> all = new ArrayList<>();
      while (list.isReadable()) {
        all.add(list.readUnsignedShort());
      }
      return all;
    }

    /** What JA4 hashes: suites and extensions sorted, signatures in their order. */
    List<Object> ja4() {
      return List.of(
          suites.stream().sorted().toList(), extensions.stream().sorted().toList(), schemes);
    }
  }
}
