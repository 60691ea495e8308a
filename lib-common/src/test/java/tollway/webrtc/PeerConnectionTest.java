// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.lab.HelloTap;
import tollway.loop.NettyLoops;
import tollway.webrtc.dtls.Greetings;
import tollway.webrtc.dtls.HelloExtension;
import tollway.webrtc.dtls.SeenHello;

/** Two peers in one process over real sockets on loopback. */
final class PeerConnectionTest {
  private static final PeerConfig LOOPBACK = PeerConfig.defaults().withLoopback(true);
  private static final PeerConfig RELIABLE =
      LOOPBACK.withChannel(ChannelOptions.reliable("tollway"));

  private final NettyLoops loops = new NettyLoops(2);
  private final TestPeer alice = new TestPeer(loops.next());
  private final TestPeer bob = new TestPeer(loops.next());

  @AfterEach
  void close() throws Exception {
    alice.close();
    bob.close();
    loops.close();
  }

  @Test
  void theOffererOpensItsChannelAtBothEnds() throws Exception {
    TestPeer.connect(alice, LOOPBACK, bob, LOOPBACK);
    assertThat(alice.channel.get(30, TimeUnit.SECONDS).options())
        .isEqualTo(ChannelOptions.unreliable("tollway"));
    assertThat(bob.channel.get(30, TimeUnit.SECONDS).options())
        .isEqualTo(ChannelOptions.unreliable("tollway"));
    alice.send("hello".getBytes(UTF_8));
    assertThat(bob.receive()).asString().isEqualTo("hello");
    bob.send("and back".getBytes(UTF_8));
    assertThat(alice.receive()).asString().isEqualTo("and back");
    alice.send(new byte[0]);
    assertThat(bob.receive()).isEmpty();
  }

  @Test
  void whoAnswersBeginsWithAHelloOfItsList() throws Exception {
    try (HelloTap tap = new HelloTap()) {
      alice.tells = tap::instead;
      bob.tells = line -> Optional.empty();
      PeerConfig listed = LOOPBACK.withHellos(List.of(Greetings.CHROMIUM));
      TestPeer.connect(alice, LOOPBACK, bob, listed.withConnectTimeout(Duration.ofSeconds(20)));
      alice.channel.get(30, TimeUnit.SECONDS);
      SeenHello hello = SeenHello.read(tap.hello());
      assertThat(hello.suites()).isEqualTo(Greetings.CHROMIUM.suites());
      assertThat(hello.types())
          .isEqualTo(Greetings.CHROMIUM.extensions().stream().map(HelloExtension::type).toList());
    }
  }

  @Test
  void aReliableChannelCarriesLargeMessagesInOrder() throws Exception {
    TestPeer.connect(alice, RELIABLE, bob, RELIABLE);
    assertThat(bob.channel.get(30, TimeUnit.SECONDS).options()).isEqualTo(RELIABLE.channel());
    bob.echoes = true;
    Random random = new Random(1);
    for (int size : new int[] {1, 1200, 16_384, 65_536, 262_144}) {
      byte[] message = new byte[size];
      random.nextBytes(message);
      assertThat(alice.send(message)).isTrue();
      assertThat(Arrays.equals(alice.receive(), message)).isTrue();
    }
    assertThat(alice.send(new byte[262_145])).as("larger than the peer takes").isFalse();
  }

  @Test
  void withoutLargePacketsMessagesTravelInFragments() throws Exception {
    PeerConfig small = RELIABLE.withMaxPacketBytes(PeerConfig.BASE_PACKET_BYTES);
    TestPeer.connect(alice, small, bob, small);
    bob.echoes = true;
    byte[] message = new byte[100_000];
    new Random(2).nextBytes(message);
    alice.send(message);
    assertThat(Arrays.equals(alice.receive(), message)).isTrue();
  }

  @Test
  void aPeerThatCloses_isHeardAtOnce() throws Exception {
    TestPeer.connect(alice, LOOPBACK, bob, LOOPBACK);
    bob.channel.get(30, TimeUnit.SECONDS);
    alice.channel.get(30, TimeUnit.SECONDS);
    alice.close();
    assertThat(bob.closed.get(2, TimeUnit.SECONDS)).contains("peer");
    assertThat(bob.channelClosed.get(2, TimeUnit.SECONDS)).contains("peer");
    assertThat(alice.closed).isNotDone();
    assertThat(alice.channelClosed).isNotDone();
  }

  @Test
  void aClosedChannelLeavesTheConnection() throws Exception {
    TestPeer.connect(alice, RELIABLE, bob, RELIABLE);
    DataChannel channel = alice.channel.get(30, TimeUnit.SECONDS);
    alice.send("last words".getBytes(UTF_8));
    alice.onLoop(channel::close);
    assertThat(bob.receive()).asString().isEqualTo("last words");
    assertThat(bob.channelClosed.get(10, TimeUnit.SECONDS)).contains("closed the channel");
    assertThat(bob.closed).isNotDone();
    assertThat(alice.send("too late".getBytes(UTF_8))).isFalse();
  }

  @Test
  void aFullQueueRefusesAndTellsWhenThereIsRoom() throws Exception {
    TestPeer.connect(alice, RELIABLE, bob, RELIABLE);
    DataChannel channel = alice.channel.get(30, TimeUnit.SECONDS);
    int accepted =
        alice.call(
            () -> {
              int count = 0;
              while (channel.send(Unpooled.wrappedBuffer(new byte[50_000]))) {
                count++;
              }
              return count;
            });
    assertThat(accepted).isBetween(19, 22);
    assertThat(alice.writable.poll(30, TimeUnit.SECONDS)).isNotNull();
    for (int i = 0; i < accepted; i++) {
      assertThat(bob.receive()).hasSize(50_000);
    }
  }

  @Test
  void aWrongFingerprintFailsClosed() throws Exception {
    TestPeer.connect(
        alice,
        LOOPBACK,
        bob,
        LOOPBACK,
        answer -> answer.replaceFirst("(fingerprint:sha-256 )..:..:", "$1" + "00:00:"));
    assertThat(alice.closed.get(30, TimeUnit.SECONDS)).contains("certificate is not the one");
    assertThat(alice.channel).isNotDone();
    assertThat(bob.closed.get(30, TimeUnit.SECONDS)).contains("DTLS");
    assertThat(bob.channel).isNotDone();
  }

  @Test
  void aFastSenderIsHeldBackAndNothingIsLost() throws Exception {
    TestPeer.connect(alice, RELIABLE, bob, RELIABLE);
    DataChannel channel = alice.channel.get(30, TimeUnit.SECONDS);
    int count = 2_000;
    int size = 16_000;
    int sent = 0;
    int received = 0;
    while (received < count) {
      int from = sent;
      // As much as is taken, then only when there is room again.
      sent =
          alice.call(
              () -> {
                int next = from;
                while (next < count && channel.isWritable()) {
                  byte[] message = new byte[size];
                  message[0] = (byte) next;
                  assertThat(channel.send(Unpooled.wrappedBuffer(message))).isTrue();
                  next++;
                }
                assertThat(channel.bufferedBytes()).isLessThanOrEqualTo(1 << 20);
                return next;
              });
      while (received < sent) {
        byte[] message = bob.receive();
        assertThat(message).hasSize(size);
        assertThat(message[0]).isEqualTo((byte) received++);
      }
    }
  }

  @Test
  void aPeerThatVanishesIsNoticed() throws Exception {
    IceConfig watchful =
        LOOPBACK.ice().withConsent(Duration.ofMillis(200), Duration.ofMillis(1_500));
    NettyLoops abyss = new NettyLoops(1);
    TestPeer carol = new TestPeer(abyss.next());
    TestPeer.connect(alice, LOOPBACK.withIce(watchful), carol, LOOPBACK);
    carol.channel.get(30, TimeUnit.SECONDS);
    alice.channel.get(30, TimeUnit.SECONDS);
    abyss.close(); // Sockets and all, without a word.
    assertThat(alice.closed.get(30, TimeUnit.SECONDS)).contains("silent for 1500 ms");
    assertThat(alice.channelClosed.get(30, TimeUnit.SECONDS)).contains("silent for 1500 ms");
    assertThat(alice.send("is anybody there?".getBytes(UTF_8))).isFalse();
  }

  @Test
  void whatThePeerSaysItTakesBoundsWhatIsSent() throws Exception {
    TestPeer.connect(
        alice,
        RELIABLE,
        bob,
        RELIABLE,
        answer -> answer.replace("max-message-size:262144", "max-message-size:10000"));
    DataChannel channel = alice.channel.get(30, TimeUnit.SECONDS);
    assertThat(alice.call(channel::maxMessageBytes)).isEqualTo(10_000);
    assertThat(alice.send(new byte[10_001])).isFalse();
    assertThat(alice.send(new byte[10_000])).isTrue();
    assertThat(bob.receive()).hasSize(10_000);
  }

  @Test
  void aDescriptionThatCannotBeReadEndsTheConnection() throws Exception {
    bob.answer(LOOPBACK, "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n");
    assertThat(bob.closed.get(10, TimeUnit.SECONDS)).contains("offer is no use");
    alice.offer(LOOPBACK);
    alice.description.get(20, TimeUnit.SECONDS);
    alice.onLoop(() -> alice.connection().acceptAnswer("nonsense"));
    assertThat(alice.closed.get(10, TimeUnit.SECONDS)).contains("answer is no use");
  }

  @Test
  void anOfferThatNobodyAnswersTimesOut() throws Exception {
    alice.offer(LOOPBACK.withConnectTimeout(Duration.ofMillis(300)));
    assertThat(alice.closed.get(30, TimeUnit.SECONDS)).contains("no channel within 300 ms");
  }

  @Test
  void closingEarlyIsQuiet() throws Exception {
    alice.offer(LOOPBACK);
    alice.close();
    bob.answer(LOOPBACK, "v=0");
    bob.close();
    assertThat(alice.closed).isNotDone();
  }
}
