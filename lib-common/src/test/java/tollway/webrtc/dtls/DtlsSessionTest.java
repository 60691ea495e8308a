// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc.dtls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.loop.ThreadEventLoop;
import tollway.webrtc.dtls.DtlsSession.Role;

/** Two sessions on one loop; what one sends the other receives, unless the test meddles. */
final class DtlsSessionTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int APPLICATION_DATA = 23;

  private final ThreadEventLoop loop = new ThreadEventLoop("dtls-test");
  private final SecureRandom random = new SecureRandom();
  private final End alice = new End();
  private final End bob = new End();

  /** One side: its session, and what happens to the datagrams it sends. */
  private final class End implements DtlsListener {
    final DtlsCertificate certificate = DtlsCertificate.generate(random, Instant.now());
    final CompletableFuture<Boolean> connected = new CompletableFuture<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    final LinkedBlockingQueue<String> records = new LinkedBlockingQueue<>();
    final List<byte[]> sent = new CopyOnWriteArrayList<>();
    volatile UnaryOperator<List<byte[]>> meddler = UnaryOperator.identity();
    @Nullable DtlsSession session;

    void start(Role role, Fingerprint expected, End peer) {
      session =
          DtlsSession.start(
              loop,
              role,
              certificate,
              PeerCheck.oneOf(List.of(expected)),
              PATIENCE,
              datagram -> carry(datagram, peer),
              this);
    }

    private void carry(ByteBuf datagram, End peer) {
      byte[] bytes = ByteBufUtil.getBytes(datagram);
      datagram.release();
      sent.add(bytes);
      for (byte[] each : meddler.apply(List.of(bytes))) {
        loop.execute(() -> peer.receive(each));
      }
    }

    void receive(byte[] datagram) {
      if (session != null) {
        session.receive(Unpooled.wrappedBuffer(datagram));
      }
    }

    void send(String text) {
      loop.execute(
          () -> {
            if (session != null) {
              session.send(Unpooled.wrappedBuffer(text.getBytes(UTF_8)));
            }
          });
    }

    String next() throws InterruptedException {
      return String.valueOf(records.poll(20, TimeUnit.SECONDS));
    }

    @Override
    public void connected() {
      connected.complete(true);
    }

    @Override
    public void record(ByteBuf plaintext) {
      records.add(plaintext.toString(UTF_8));
    }

    @Override
    public void closed(String why) {
      closed.complete(why);
    }
  }

  private void start(Fingerprint ofBob, Fingerprint ofAlice) {
    loop.execute(
        () -> {
          alice.start(Role.CLIENT, ofBob, bob);
          bob.start(Role.SERVER, ofAlice, alice);
        });
  }

  private void connect() throws Exception {
    start(bob.certificate.fingerprint(), alice.certificate.fingerprint());
    alice.connected.get(30, TimeUnit.SECONDS);
    bob.connected.get(30, TimeUnit.SECONDS);
  }

  private static boolean isData(byte[] datagram) {
    return datagram[0] == APPLICATION_DATA;
  }

  @AfterEach
  void close() throws Exception {
    CompletableFuture.runAsync(
            () -> {
              for (End end : List.of(alice, bob)) {
                if (end.session != null) {
                  end.session.close();
                }
              }
            },
            loop)
        .get(20, TimeUnit.SECONDS);
    loop.close();
  }

  @Test
  void recordsPassBothWaysAndNotInClear() throws Exception {
    connect();
    alice.send("the words of Alice");
    assertThat(bob.next()).isEqualTo("the words of Alice");
    bob.send("the words of Bob");
    assertThat(alice.next()).isEqualTo("the words of Bob");
    for (byte[] datagram : alice.sent) {
      assertThat(new String(datagram, UTF_8)).doesNotContain("words");
    }
  }

  /** Loses a fifth, and delivers a tenth after what comes next. */
  private static UnaryOperator<List<byte[]>> lossy(Random dice) {
    List<byte[]> late = new ArrayList<>();
    return datagrams -> {
      List<byte[]> passed = new ArrayList<>(late);
      late.clear();
      int fate = dice.nextInt(10);
      if (fate == 0) {
        late.addAll(datagrams);
      } else if (fate > 2) {
        passed.addAll(0, datagrams);
      }
      return passed;
    };
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theHandshakeSurvivesLossAndReordering(long seed) throws Exception {
    alice.meddler = lossy(new Random(seed));
    bob.meddler = lossy(new Random(-seed));
    connect();
    alice.meddler = UnaryOperator.identity();
    bob.meddler = UnaryOperator.identity();
    alice.send("got through");
    assertThat(bob.next()).isEqualTo("got through");
  }

  @ParameterizedTest
  @EnumSource(Role.class)
  void aStrangersCertificateIsRefusedAndTheStrangerTold(Role deceived) throws Exception {
    Fingerprint mallory = DtlsCertificate.generate(random, Instant.now()).fingerprint();
    boolean client = deceived == Role.CLIENT;
    start(
        client ? mallory : bob.certificate.fingerprint(),
        client ? alice.certificate.fingerprint() : mallory);
    End refuses = client ? alice : bob;
    End refused = client ? bob : alice;
    assertThat(refuses.closed.get(30, TimeUnit.SECONDS)).contains(DtlsCredentials.STRANGER);
    assertThat(refused.closed.get(30, TimeUnit.SECONDS)).contains("the peer says bad_certificate");
    assertThat(alice.connected).isNotDone();
    assertThat(bob.connected).isNotDone();
  }

  @Test
  void damagedRecordsAreDroppedSilently() throws Exception {
    connect();
    alice.meddler =
        datagrams -> {
          List<byte[]> passed = new ArrayList<>();
          for (byte[] datagram : datagrams) {
            // RFC 6347 §4.1.2.7: every bit of it, and the session goes on.
            for (int bit = 0; bit < datagram.length * 8; bit++) {
              byte[] damaged = datagram.clone();
              damaged[bit / 8] ^= (byte) (1 << bit % 8);
              passed.add(damaged);
            }
            for (int size = 0; size < datagram.length; size++) {
              passed.add(Arrays.copyOf(datagram, size));
            }
            passed.add(datagram);
          }
          return passed;
        };
    alice.send("intact");
    assertThat(bob.next()).isEqualTo("intact");
    alice.meddler = UnaryOperator.identity();
    alice.send("after");
    assertThat(bob.next()).isEqualTo("after");
    assertThat(bob.closed).isNotDone();
  }

  @Test
  void repeatedRecordsCountOnce() throws Exception {
    connect();
    List<byte[]> all = new ArrayList<>();
    alice.meddler =
        datagrams -> {
          all.addAll(datagrams);
          List<byte[]> passed = new ArrayList<>(all);
          passed.addAll(all);
          return passed;
        };
    for (int i = 0; i < 100; i++) {
      alice.send("number " + i);
      assertThat(bob.next()).isEqualTo("number " + i);
    }
    assertThat(bob.records).isEmpty();
  }

  @Test
  void recordsThatOvertakeEachOtherAllCount() throws Exception {
    connect();
    List<byte[]> held = new ArrayList<>();
    alice.meddler =
        datagrams -> {
          held.addAll(0, datagrams);
          List<byte[]> passed = new ArrayList<>();
          if (held.size() == 40) {
            passed.addAll(held);
            held.clear();
          }
          return passed;
        };
    for (int i = 0; i < 40; i++) {
      alice.send("number " + i);
    }
    for (int i = 39; i >= 0; i--) {
      assertThat(bob.next()).isEqualTo("number " + i);
    }
  }

  @Test
  void severalRecordsMayShareADatagram() throws Exception {
    connect();
    List<byte[]> held = new ArrayList<>();
    alice.meddler =
        datagrams -> {
          held.addAll(datagrams);
          return List.of();
        };
    alice.send("one");
    alice.send("two");
    CompletableFuture.runAsync(() -> {}, loop).get(20, TimeUnit.SECONDS);
    assertThat(held).hasSize(2).allMatch(DtlsSessionTest::isData);
    byte[] both = Unpooled.wrappedBuffer(held.get(0), held.get(1)).copy().array();
    loop.execute(() -> bob.receive(both));
    assertThat(bob.next()).isEqualTo("one");
    assertThat(bob.next()).isEqualTo("two");
  }

  @Test
  void noiseDoesNotDisturbASession() throws Exception {
    Random dice = new Random(6347);
    UnaryOperator<List<byte[]>> noisy =
        datagrams -> {
          List<byte[]> passed = new ArrayList<>();
          for (byte[] datagram : datagrams) {
            byte[] noise = new byte[dice.nextInt(200)];
            dice.nextBytes(noise);
            passed.add(noise);
            byte[] plausible = new byte[13 + dice.nextInt(60)];
            dice.nextBytes(plausible);
            System.arraycopy(datagram, 0, plausible, 0, 3);
            plausible[11] = 0;
            plausible[12] = (byte) (plausible.length - 13);
            passed.add(plausible);
            passed.add(datagram);
          }
          return passed;
        };
    connect();
    alice.meddler = noisy;
    bob.meddler = noisy;
    for (int i = 0; i < 300; i++) {
      alice.send("to Bob " + i);
      bob.send("to Alice " + i);
      assertThat(bob.next()).isEqualTo("to Bob " + i);
      assertThat(alice.next()).isEqualTo("to Alice " + i);
    }
    assertThat(alice.closed).isNotDone();
    assertThat(bob.closed).isNotDone();
  }

  @Test
  void theEndOfOneIsHeardByTheOther() throws Exception {
    connect();
    for (int i = 0; i < 200; i++) {
      alice.send("many records before the end " + i);
    }
    loop.execute(
        () -> {
          if (alice.session != null) {
            alice.session.close();
          }
        });
    assertThat(bob.closed.get(20, TimeUnit.SECONDS)).contains("the peer closed the connection");
    assertThat(bob.records).hasSize(200);
    assertThat(alice.closed).isNotDone();
  }

  @Test
  void aPeerThatSaysNothingIsGivenUp() throws Exception {
    loop.execute(
        () ->
            alice.session =
                DtlsSession.start(
                    loop,
                    Role.CLIENT,
                    alice.certificate,
                    PeerCheck.oneOf(List.of(bob.certificate.fingerprint())),
                    Duration.ofMillis(300),
                    ByteBuf::release,
                    alice));
    assertThat(alice.closed.get(20, TimeUnit.SECONDS)).contains("DTLS handshake failed");
  }
}
