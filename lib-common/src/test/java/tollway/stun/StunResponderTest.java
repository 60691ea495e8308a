// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.loop.NettyLoops;
import tollway.stun.StunAttribute.ChangeRequest;
import tollway.stun.StunAttribute.ErrorCode;
import tollway.stun.StunAttribute.Other;
import tollway.stun.StunAttribute.UnknownAttributes;
import tollway.stun.StunAttribute.XorMappedAddress;

final class StunResponderTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final NettyLoops loops = new NettyLoops(1);
  private final Random random = new Random(3);

  @AfterEach
  void close() {
    loops.close();
  }

  @Test
  void tellsAClientItsAddress() throws Exception {
    try (StunResponder responder = StunResponder.bind(loops, ANY_PORT)) {
      InetSocketAddress mapped =
          StunClient.query(loops.next(), responder.addresses().get(0), PATIENCE)
              .get(30, TimeUnit.SECONDS);

      assertThat(mapped.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
      assertThat(mapped.getPort()).isPositive();
    }
  }

  @Test
  void answersOnEveryAddressInBothFamilies() throws Exception {
    InetSocketAddress ipv6 = new InetSocketAddress(NetUtil.LOCALHOST6, 0);
    try (StunResponder responder = StunResponder.bind(loops, List.of(ANY_PORT, ANY_PORT, ipv6))) {
      assertThat(responder.addresses()).hasSize(3).doesNotHaveDuplicates();
      for (InetSocketAddress server : responder.addresses()) {
        InetSocketAddress mapped =
            StunClient.query(loops.next(), server, PATIENCE).get(30, TimeUnit.SECONDS);
        assertThat(mapped.getAddress()).isEqualTo(server.getAddress());
      }
    }
  }

  @Test
  void namesThePortThatIsInUse() throws Exception {
    try (StunResponder first = StunResponder.bind(loops, ANY_PORT)) {
      InetSocketAddress taken = first.addresses().get(0);
      assertThatThrownBy(() -> StunResponder.bind(loops, List.of(ANY_PORT, taken)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on UDP")
          .hasMessageContaining(String.valueOf(taken.getPort()));
    }
  }

  @Test
  void refusesAttributesThatItWouldHaveToUnderstand() throws Exception {
    try (StunResponder responder = StunResponder.bind(loops, ANY_PORT);
        DatagramSocket socket = socket()) {
      StunMessage request =
          request(new Other(0x0003, Bytes.of((byte) 0, (byte) 0, (byte) 0, (byte) 4)));
      send(socket, responder, StunCodec.encode(request));

      StunMessage answer = StunCodec.decode(receive(socket));
      assertThat(answer.kind()).isEqualTo(StunMessage.Kind.ERROR);
      assertThat(answer.first(ErrorCode.class)).contains(new ErrorCode(420, ""));
      assertThat(answer.first(UnknownAttributes.class)).contains(new UnknownAttributes(List.of(3)));
    }
  }

  @Test
  void withASecondAddressAnswersFromWhereItIsAskedTo() throws Exception {
    InetSocketAddress second = new InetSocketAddress("127.0.0.2", 0);
    StunAlternate alternate = StunAlternate.at(second);
    try (StunResponder responder =
            StunResponder.bind(loops, List.of(ANY_PORT), Optional.of(alternate));
        DatagramSocket socket = socket()) {
      List<InetSocketAddress> at = responder.addresses();
      assertThat(at).hasSize(4).doesNotHaveDuplicates();
      int[] ports = {at.get(0).getPort(), at.get(1).getPort()};
      for (InetSocketAddress asked : at) {
        for (int flags = 0; flags < 4; flags++) {
          ChangeRequest change = new ChangeRequest((flags & 1) != 0, (flags & 2) != 0);
          StunMessage request = flags == 0 ? request() : request(change);
          reply(socket, asked, StunCodec.encode(request));
          DatagramPacket packet = receivePacket(socket);

          boolean home = asked.getAddress().equals(at.get(0).getAddress());
          int port = asked.getPort() == ports[0] ? 0 : 1;
          InetSocketAddress origin =
              new InetSocketAddress(
                  at.get(home == change.address() ? 1 : 0).getAddress(),
                  ports[change.port() ? 1 - port : port]);
          InetSocketAddress other =
              new InetSocketAddress(at.get(home ? 1 : 0).getAddress(), ports[1 - port]);
          assertThat(packet.getSocketAddress()).isEqualTo(origin);
          assertThat(StunCodec.decode(bytes(packet)))
              .isEqualTo(
                  request.success(
                      new StunAttribute.MappedAddress(local(socket)),
                      new XorMappedAddress(local(socket)),
                      new StunAttribute.ResponseOrigin(origin),
                      new StunAttribute.OtherAddress(other)));
          // On the wire, with 28 bytes of headers: 104 for 56. Still no amplifier.
          assertThat(packet.getLength()).isEqualTo(76);
        }
      }
    }
  }

  @Test
  void tellsTheAddressesThatClientsReach() throws Exception {
    InetSocketAddress first = new InetSocketAddress("192.0.2.1", 3478);
    InetSocketAddress second = new InetSocketAddress("192.0.2.2", 3479);
    StunAlternate alternate =
        new StunAlternate(
            new InetSocketAddress("127.0.0.2", 0), Optional.of(second), Optional.of(first));
    try (StunResponder responder =
            StunResponder.bind(loops, List.of(ANY_PORT), Optional.of(alternate));
        DatagramSocket socket = socket()) {
      send(socket, responder, StunCodec.encode(request()));
      StunMessage answer = StunCodec.decode(receive(socket));
      assertThat(answer.first(StunAttribute.ResponseOrigin.class))
          .contains(new StunAttribute.ResponseOrigin(first));
      assertThat(answer.first(StunAttribute.OtherAddress.class))
          .contains(new StunAttribute.OtherAddress(second));
    }
  }

  @Test
  void neverSendsElsewhereOrMoreThanItWasAskedToFrom() throws Exception {
    StunAlternate alternate = StunAlternate.at(new InetSocketAddress("127.0.0.2", 0));
    Bytes four = Bytes.of((byte) 0x12, (byte) 0x34, (byte) 0, (byte) 0);
    try (StunResponder responder =
            StunResponder.bind(loops, List.of(ANY_PORT, ANY_PORT), Optional.of(alternate));
        DatagramSocket socket = socket()) {
      // RESPONSE-PORT, PADDING (RFC 5780 §7.5, §7.6).
      for (int type : new int[] {0x0027, 0x0026}) {
        StunMessage request = request(new Other(type, four), new ChangeRequest(true, true));
        send(socket, responder, StunCodec.encode(request));
        assertThat(StunCodec.decode(receive(socket)))
            .isEqualTo(request.error(420, new UnknownAttributes(List.of(type))));
      }
      // The second --stun has no other address.
      StunMessage request = request(new ChangeRequest(false, true));
      reply(socket, responder.addresses().get(1), StunCodec.encode(request));
      assertThat(StunCodec.decode(receive(socket)))
          .isEqualTo(request.error(420, new UnknownAttributes(List.of(ChangeRequest.TYPE))));
    }
  }

  @Test
  void oneSourceHasOneShareOfAllFourSockets() throws Exception {
    StunAlternate alternate = StunAlternate.at(new InetSocketAddress("127.0.0.2", 0));
    try (StunResponder responder =
            StunResponder.bind(loops, List.of(ANY_PORT), Optional.of(alternate));
        DatagramSocket socket = socket()) {
      socket.setReceiveBufferSize(4 << 20);
      Bytes request = StunCodec.encode(request(new ChangeRequest(true, true)));
      for (int i = 0; i < 2_000; i++) {
        reply(socket, responder.addresses().get(i % 4), request);
      }
      receive(socket);
      int answers = 1;
      try {
        socket.setSoTimeout(1_000);
        while (true) {
          receiveNow(socket);
          answers++;
        }
      } catch (SocketTimeoutException quiet) {
        assertThat(answers).isBetween(1, 1_000);
      }
    }
  }

  @Test
  void addsAFingerprintOnlyForThoseWhoSentOne() throws Exception {
    try (StunResponder responder = StunResponder.bind(loops, ANY_PORT);
        DatagramSocket socket = socket()) {
      StunMessage with = request();
      send(socket, responder, StunCodec.encode(with));
      assertThat(StunCodec.decode(receive(socket)).fingerprint()).isTrue();

      StunMessage without =
          new StunMessage(1, StunMessage.Kind.REQUEST, with.transactionId(), List.of(), false);
      send(socket, responder, StunCodec.encode(without));
      Bytes answer = receive(socket);
      assertThat(StunCodec.decode(answer))
          .isEqualTo(without.success(new XorMappedAddress(local(socket))));
      // Nothing to gain for an amplifier: 32 bytes for 20.
      assertThat(answer.size()).isEqualTo(32);
    }
  }

  @Test
  void neverAnswersGarbageAndSurvivesIt() throws Exception {
    try (StunResponder responder = StunResponder.bind(loops, ANY_PORT);
        DatagramSocket socket = socket()) {
      byte[] valid = StunCodec.encode(request()).toArray();
      StunMessage response = request().success(new XorMappedAddress(local(socket)));
      send(socket, responder, StunCodec.encode(response));
      send(socket, responder, Bytes.EMPTY);
      for (int i = 0; i < 50; i++) {
        byte[] noise = new byte[random.nextInt(1400)];
        random.nextBytes(noise);
        send(socket, responder, Bytes.of(noise));
        byte[] spoiled = valid.clone();
        spoiled[random.nextInt(20)] ^= (byte) (1 << random.nextInt(8));
        send(socket, responder, Bytes.of(spoiled));
      }
      assertThat(
              StunClient.query(loops.next(), responder.addresses().get(0), PATIENCE)
                  .get(30, TimeUnit.SECONDS))
          .isNotNull();
      assertNothingComes(socket);
    }
  }

  @Test
  void answersOneSourceOnlySoOften() throws Exception {
    try (StunResponder responder = StunResponder.bind(loops, ANY_PORT);
        DatagramSocket socket = socket()) {
      socket.setReceiveBufferSize(4 << 20);
      Bytes request = StunCodec.encode(request());
      for (int i = 0; i < 2_000; i++) {
        send(socket, responder, request);
      }
      receive(socket);
      int answers = 1;
      try {
        socket.setSoTimeout(1_000);
        while (true) {
          receiveNow(socket);
          answers++;
        }
      } catch (SocketTimeoutException quiet) {
        assertThat(answers).isBetween(1, 1_000);
      }
    }
  }

  @Test
  void aSilentServerFailsTheQueryInTime() throws Exception {
    try (DatagramSocket silent = socket()) {
      assertThatThrownBy(
              () ->
                  StunClient.query(loops.next(), local(silent), Duration.ofMillis(100))
                      .get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("no answer from");
    }
  }

  @Test
  void theClientIgnoresAnswersThatFitNoQuestion() throws Exception {
    try (DatagramSocket mallory = socket()) {
      var query = StunClient.query(loops.next(), local(mallory), PATIENCE);
      byte[] buffer = new byte[2000];
      DatagramPacket asked = new DatagramPacket(buffer, buffer.length);
      mallory.receive(asked);
      InetSocketAddress client = (InetSocketAddress) asked.getSocketAddress();
      StunMessage question =
          StunCodec.decode(Bytes.of(java.util.Arrays.copyOf(buffer, asked.getLength())));
      XorMappedAddress lie = new XorMappedAddress(new InetSocketAddress("192.0.2.66", 666));
      XorMappedAddress truth = new XorMappedAddress(client);
      try (DatagramSocket stranger = socket()) {
        reply(stranger, client, StunCodec.encode(question.success(lie)));
      }
      reply(mallory, client, StunCodec.encode(request().success(lie)));
      reply(mallory, client, Bytes.ofUtf8("noise"));
      reply(mallory, client, StunCodec.encode(question.success(truth)));

      assertThat(query.get(30, TimeUnit.SECONDS)).isEqualTo(client);
    }
  }

  private StunMessage request(StunAttribute... attributes) {
    return StunMessage.request(StunMessage.newTransactionId(random), attributes);
  }

  private static DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(ANY_PORT);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static InetSocketAddress local(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static void send(DatagramSocket socket, StunResponder responder, Bytes datagram)
      throws IOException {
    reply(socket, responder.addresses().get(0), datagram);
  }

  private static void reply(DatagramSocket socket, InetSocketAddress to, Bytes datagram)
      throws IOException {
    socket.send(new DatagramPacket(datagram.toArray(), datagram.size(), to));
  }

  private static Bytes receive(DatagramSocket socket) throws IOException {
    return receiveNow(socket);
  }

  private static Bytes receiveNow(DatagramSocket socket) throws IOException {
    return bytes(receivePacket(socket));
  }

  private static DatagramPacket receivePacket(DatagramSocket socket) throws IOException {
    byte[] buffer = new byte[2000];
    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
    socket.receive(packet);
    return packet;
  }

  private static Bytes bytes(DatagramPacket packet) {
    return Bytes.of(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  private static void assertNothingComes(DatagramSocket socket) throws IOException {
    socket.setSoTimeout(100);
    assertThatThrownBy(() -> receiveNow(socket)).isInstanceOf(SocketTimeoutException.class);
  }
}
