// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.loop.BackgroundThread;
import tollway.loop.NettyLoops;
import tollway.stun.StunAttribute;
import tollway.stun.StunCodec;
import tollway.stun.StunMessage;

/** Agents with their sockets, over loopback. */
final class IceAgentTest {
  private static final IceConfig LOOPBACK = IceConfig.defaults().withLoopback(true);
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final NettyLoops loops = new NettyLoops(2);
  private final List<IcePeer> peers = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (IcePeer peer : peers) {
      peer.close();
    }
    loops.close();
    for (IcePeer peer : peers) {
      assertThat(peer.callsAfterClose).isZero();
    }
  }

  private IcePeer peer(IceConfig config, IceRole role) throws Exception {
    IcePeer peer = new IcePeer(loops.next(), config, role);
    peers.add(peer);
    return peer;
  }

  private static void exchange(IcePeer alice, IcePeer bob) throws InterruptedException {
    alice.awaitConnected();
    bob.awaitConnected();
    alice.send("hello Bob");
    assertThat(bob.awaitDatagram()).isEqualTo("hello Bob");
    bob.send("hello Alice");
    assertThat(alice.awaitDatagram()).isEqualTo("hello Alice");
  }

  @Test
  void twoAgentsConnectAndCarryDatagramsBothWays() throws Exception {
    IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
    IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
    IcePeer.join(alice, bob);
    exchange(alice, bob);
    assertThat(alice.ask(alice.agent::isConnected)).isTrue();
    assertThat(alice.ask(alice.agent::isWritable)).isTrue();
  }

  @Test
  void connectsOverEitherFamilyAlone() throws Exception {
    for (Class<?> family : List.of(Inet4Address.class, Inet6Address.class)) {
      IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
      IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
      alice.tells = candidate -> family.isInstance(candidate.address().getAddress());
      bob.tells = alice.tells;
      IcePeer.join(alice, bob);
      exchange(alice, bob);
    }
  }

  @Test
  void connectsWhenOnlyOneSideNamesItsAddresses() throws Exception {
    IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
    IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
    bob.tells = candidate -> false;
    IcePeer.join(alice, bob);
    exchange(alice, bob);
  }

  @Test
  void connectsInWhateverOrderThingsBecomeKnown() throws Exception {
    Random random = new Random(4);
    for (int i = 0; i < 12; i++) {
      IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
      IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
      alice.run(alice.agent::gather);
      bob.run(bob.agent::gather);
      alice.awaitGathered();
      bob.awaitGathered();
      IceCredentials ofAlice = alice.agent.localCredentials();
      IceCredentials ofBob = bob.agent.localCredentials();
      List<Runnable> events = new ArrayList<>();
      events.add(() -> alice.run(() -> alice.agent.remoteCredentials(ofBob)));
      events.add(() -> bob.run(() -> bob.agent.remoteCredentials(ofAlice)));
      for (IceCandidate candidate : alice.ask(() -> List.copyOf(alice.candidates))) {
        events.add(() -> bob.run(() -> bob.agent.addRemoteCandidate(candidate)));
      }
      for (IceCandidate candidate : bob.ask(() -> List.copyOf(bob.candidates))) {
        events.add(() -> alice.run(() -> alice.agent.addRemoteCandidate(candidate)));
      }
      Collections.shuffle(events, random);
      events.forEach(Runnable::run);
      exchange(alice, bob);
    }
  }

  @Test
  void settlesWhenBothWantToControl() throws Exception {
    for (IceRole role : IceRole.values()) {
      IcePeer alice = peer(LOOPBACK, role);
      IcePeer bob = peer(LOOPBACK, role);
      IcePeer.join(alice, bob);
      exchange(alice, bob);
    }
  }

  @Test
  void staysWithinItsPortRange() throws Exception {
    // A range that was free a moment ago: the agent takes what it finds of it.
    int from;
    try (DatagramSocket probe = new DatagramSocket(ANY_PORT)) {
      from = Math.min(probe.getLocalPort(), 65_000);
    }
    IcePeer alice = peer(LOOPBACK.withPorts(from, from + 50), IceRole.CONTROLLING);
    alice.run(alice.agent::gather);
    alice.awaitGathered();

    assertThat(alice.ask(() -> List.copyOf(alice.candidates)))
        .isNotEmpty()
        .allSatisfy(
            candidate -> assertThat(candidate.address().getPort()).isBetween(from, from + 50));
  }

  @Test
  void gathersNothingWhenEveryPortIsTaken() throws Exception {
    try (DatagramSocket ipv4 = new DatagramSocket(ANY_PORT)) {
      int port = ipv4.getLocalPort();
      try (DatagramSocket everywhere = new DatagramSocket(null)) {
        everywhere.setReuseAddress(false);
        IcePeer alice = peer(LOOPBACK.withPorts(port, port), IceRole.CONTROLLING);
        alice.run(alice.agent::gather);
        alice.awaitGathered();
        assertThat(alice.ask(() -> List.copyOf(alice.candidates)))
            .noneMatch(
                candidate -> candidate.address().getAddress().equals(ipv4.getLocalAddress()));
      }
    }
  }

  /** A silent server and a name that nobody knows cost nothing; a liar only its own word. */
  @Test
  void hearsOneStunServerThoughTheOthersAreDead() throws Exception {
    InetSocketAddress told = new InetSocketAddress("203.0.113.7", 4444);
    try (DatagramSocket silent = new DatagramSocket(ANY_PORT);
        DatagramSocket server = new DatagramSocket(ANY_PORT)) {
      BackgroundThread.start("stun", () -> answerStun(server, told));
      IceConfig config =
          LOOPBACK.withStunServers(
              List.of(
                  (InetSocketAddress) silent.getLocalSocketAddress(),
                  InetSocketAddress.createUnresolved("nobody.invalid", 3478),
                  (InetSocketAddress) server.getLocalSocketAddress()));
      IcePeer alice = peer(config, IceRole.CONTROLLING);
      IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
      IcePeer.join(alice, bob);
      exchange(alice, bob);
      assertThat(alice.gathered.getCount()).as("connected before gathering ended").isEqualTo(1);

      alice.awaitGathered();
      assertThat(alice.ask(() -> List.copyOf(alice.candidates)))
          .anySatisfy(
              candidate -> {
                assertThat(candidate.type()).isEqualTo(IceCandidate.Type.SERVER_REFLEXIVE);
                assertThat(candidate.address()).isEqualTo(told);
                assertThat(candidate.related()).isPresent();
              });
    }
  }

  private static void answerStun(DatagramSocket server, InetSocketAddress lie) throws IOException {
    byte[] buffer = new byte[1500];
    while (true) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      server.receive(packet);
      try {
        StunMessage request = StunCodec.decode(Bytes.of(Arrays.copyOf(buffer, packet.getLength())));
        byte[] answer =
            StunCodec.encode(request.success(new StunAttribute.XorMappedAddress(lie))).toArray();
        server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (MalformedBytesException malformed) {
        throw new IOException(malformed);
      }
    }
  }

  @Test
  void noticesAPeerThatIsGone() throws Exception {
    IceConfig watchful = LOOPBACK.withConsent(Duration.ofMillis(250), Duration.ofSeconds(1));
    IcePeer alice = peer(watchful, IceRole.CONTROLLING);
    IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
    IcePeer.join(alice, bob);
    exchange(alice, bob);
    bob.close();

    assertThat(alice.awaitFailed()).isEqualTo("the peer has been silent for 1000 ms");
    assertThat(alice.ask(alice.agent::isConnected)).isFalse();
  }

  @Test
  void saysThatNobodyAnswers() throws Exception {
    IcePeer alice = peer(LOOPBACK.withConnectTimeout(Duration.ofMillis(300)), IceRole.CONTROLLING);
    alice.run(alice.agent::gather);
    alice.run(() -> alice.agent.remoteCredentials(IceCredentials.random(new Random(1))));
    assertThat(alice.awaitFailed()).contains("no path to the peer within 300 ms");
  }

  /** Strangers who found the port: no answer, no datagram, no harm. */
  @Test
  void listensToNobodyButThePeer() throws Exception {
    IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
    IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
    IcePeer.join(alice, bob);
    exchange(alice, bob);
    List<InetSocketAddress> ports =
        alice.ask(() -> alice.candidates.stream().map(IceCandidate::address).toList());
    Random random = new Random(9);
    String user =
        alice.agent.localCredentials().ufrag() + ":" + bob.agent.localCredentials().ufrag();
    try (DatagramSocket mallory = new DatagramSocket(ANY_PORT)) {
      for (InetSocketAddress port : ports) {
        if (!port.getAddress().isLoopbackAddress() || port.getAddress() instanceof Inet6Address) {
          continue;
        }
        for (int i = 0; i < 300; i++) {
          byte[] noise = new byte[random.nextInt(1400)];
          random.nextBytes(noise);
          send(mallory, port, noise);
          send(mallory, port, "data without proof".getBytes(StandardCharsets.UTF_8));
          StunMessage request =
              StunMessage.request(
                  StunMessage.newTransactionId(random),
                  new StunAttribute.Username(user),
                  new StunAttribute.IceControlled(1));
          send(mallory, port, StunCodec.encode(request, Bytes.ofUtf8("guessed")).toArray());
          send(mallory, port, StunCodec.encode(request).toArray());
        }
      }
      exchange(alice, bob);
      assertThat(alice.received).isEmpty();
      mallory.setSoTimeout(100);
      DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
      assertThatThrownBy(() -> mallory.receive(answer)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  private static void send(DatagramSocket from, InetSocketAddress to, byte[] bytes)
      throws IOException {
    from.send(new DatagramPacket(bytes, bytes.length, to));
  }

  /** Trains of equal and unequal datagrams arrive as they were sent. */
  @Test
  void keepsDatagramsApartHoweverTheyAreBatched() throws Exception {
    IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
    IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
    IcePeer.join(alice, bob);
    exchange(alice, bob);
    Random random = new Random(6);
    for (int round = 0; round < 60; round++) {
      List<String> sent = new ArrayList<>();
      int size = 20 + random.nextInt(1300);
      for (int i = 0; i < 90; i++) {
        if (random.nextInt(1 + round) > 10) {
          size = 1 + random.nextInt(3000);
        }
        sent.add((round + " " + i + " ").concat("x".repeat(size)));
      }
      alice.run(
          () -> {
            for (String text : sent) {
              // Both kinds of memory.
              ByteBuf datagram =
                  text.length() % 2 == 0
                      ? IcePeer.buffer(text)
                      : PooledByteBufAllocator.DEFAULT
                          .heapBuffer()
                          .writeBytes(text.getBytes(StandardCharsets.UTF_8));
              assertThat(alice.agent.send(datagram)).isTrue();
            }
            alice.agent.flush();
          });
      for (String text : sent) {
        assertThat(bob.awaitDatagram()).isEqualTo(text);
      }
    }
  }

  @Test
  void ownsWhatItCannotSend() throws Exception {
    IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
    ByteBuf tooEarly = IcePeer.buffer("too early");
    assertThat(alice.ask(() -> alice.agent.send(tooEarly))).isFalse();
    assertThat(tooEarly.refCnt()).isZero();

    IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
    IcePeer.join(alice, bob);
    exchange(alice, bob);
    ByteBuf empty = PooledByteBufAllocator.DEFAULT.buffer();
    assertThat(alice.ask(() -> alice.agent.send(empty))).isFalse();
    assertThat(empty.refCnt()).isZero();
    ByteBuf pending = IcePeer.buffer("sent on closing");
    ByteBuf tooLate = IcePeer.buffer("too late");
    alice.ask(
        () -> {
          alice.agent.send(pending);
          alice.agent.close();
          alice.agent.close();
          alice.closed = true;
          return alice.agent.send(tooLate);
        });
    assertThat(pending.refCnt()).isZero();
    assertThat(tooLate.refCnt()).isZero();
    assertThat(bob.awaitDatagram()).isEqualTo("sent on closing");
  }

  @Test
  void mayBeClosedFromItsOwnCallbacks() throws Exception {
    for (int i = 0; i < 10; i++) {
      IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
      IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
      alice.onConnected =
          () -> {
            alice.agent.close();
            alice.closed = true;
          };
      IcePeer.join(alice, bob);
      alice.awaitConnected();
      bob.close();
    }
  }

  /** Sockets, whatever stage an agent was closed in. */
  @Test
  void leavesNoSocketBehind() throws Exception {
    IcePeer warm = peer(LOOPBACK, IceRole.CONTROLLING);
    warm.run(warm.agent::gather);
    warm.awaitGathered();
    warm.close();
    long before = descriptors();
    for (int i = 0; i < 60; i++) {
      IcePeer alice = peer(LOOPBACK, IceRole.CONTROLLING);
      IcePeer bob = peer(LOOPBACK, IceRole.CONTROLLED);
      IcePeer.join(alice, bob);
      if (i % 3 == 0) {
        alice.awaitConnected();
      } else if (i % 3 == 1) {
        alice.awaitGathered();
      }
      alice.close();
      bob.close();
    }
    long deadline = System.nanoTime() + IcePeer.PATIENCE.toNanos();
    while (descriptors() > before + 4 && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(descriptors()).isLessThanOrEqualTo(before + 4);
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }
}
