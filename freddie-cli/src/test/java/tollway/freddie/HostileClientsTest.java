// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.lab.Await;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;
import tollway.signaling.SignedAdvert;

/** What Mallory tries, and that nobody else suffers from it. */
final class HostileClientsTest {
  private static final int CLIENTS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private Town town;
  private Person volunteer;

  @BeforeEach
  void openTown() throws Exception {
    town = new Town(new FreddieConfig.Limits(CLIENTS, 1 << 20, PATIENCE));
    volunteer = town.person();
    volunteer.offers(1);
    volunteer.connected();
  }

  /** Whatever Mallory did: Alice is paired as if nothing had been. */
  @AfterEach
  void othersAreServedAndTownCloses() throws Exception {
    try {
      Person alice = town.person();
      alice.wishes(1);
      assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
    } finally {
      town.close();
    }
  }

  @Test
  void advertUnderAnotherKeyIsRefused() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      mallory.say(
          new Signal.Slots(
              new SignedAdvert(Bytes.ofHex("0801"), Bytes.of(new byte[Identity.SIGNATURE_SIZE])),
              mallory.sealKey()));
      assertRefused(mallory, Signal.Code.BAD_PROOF, 1008);
    }
  }

  @Test
  void sealKeyOfSomebodyElseIsRefused() throws Exception {
    try (RawClient alice = new RawClient(town.address());
        RawClient mallory = RawClient.proved(town.address())) {
      mallory.offers(0, Town.EGRESS, mallory.sealKey());
      mallory.offers(1, Town.EGRESS, alice.sealKey());
      assertRefused(mallory, Signal.Code.BAD_PROOF, 1008);
    }
    try (RawClient mallory = RawClient.proved(town.address())) {
      mallory.offers(1, Town.EGRESS, mallory.sealKey(Bytes.of(new byte[SealKey.SIZE])));
      assertRefused(mallory, Signal.Code.BAD_PROOF, 1008); // Of small order.
    }
  }

  @Test
  void whatIsNotSealedIsRefused() throws Exception {
    List<Signal> inClear =
        List.of(
            new Signal.Description(1, Signal.Kind.OFFER, "v=0"),
            new Signal.Candidate(1, "candidate:1"));
    for (Signal signal : inClear) {
      try (RawClient alice = RawClient.proved(town.address())) {
        alice.say(signal);
        assertRefused(alice, Signal.Code.BAD_MESSAGE, 1008);
      }
    }
  }

  @Test
  void replayedHelloIsRefused() throws Exception {
    try (RawClient alice = new RawClient(town.address());
        RawClient mallory = new RawClient(town.address())) {
      Signal.Hello recorded = alice.hello(((Signal.Challenge) alice.hear()).nonce());
      mallory.hear();
      mallory.say(recorded);
      assertRefused(mallory, Signal.Code.BAD_PROOF, 1008);
    }
  }

  @Test
  void whoDoesNotSayWhoTheyAreIsRefused() throws Exception {
    try (RawClient mallory = new RawClient(town.address())) {
      mallory.hear();
      mallory.wishes(1, Town.EGRESS);
      assertRefused(mallory, Signal.Code.BAD_PROOF, 1008);
    }
  }

  @Test
  void anotherVersionIsRefusedByName() throws Exception {
    try (RawClient mallory = new RawClient(town.address())) {
      Signal.Hello hello = mallory.hello(((Signal.Challenge) mallory.hear()).nonce());
      mallory.say(new Signal.Hello(3, hello.node(), hello.signature()));
      assertRefused(mallory, Signal.Code.WRONG_VERSION, 1008);
    }
  }

  @Test
  void whatOnlyFreddieMaySayIsRefused() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      mallory.say(new Signal.Matched(1, Signal.Role.PRODUCER, Town.EGRESS, Town.EGRESS));
      assertRefused(mallory, Signal.Code.BAD_MESSAGE, 1008);
    }
  }

  @Test
  void textFramesAreRefused() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      mallory.write(RawClient.frame(true, RawClient.TEXT, ascii("{\"hello\":1}")));
      assertRefused(mallory, Signal.Code.BAD_MESSAGE, 1003);
    }
  }

  @Test
  void binaryGarbageIsRefused() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      mallory.write(RawClient.frame(true, RawClient.BINARY, new byte[] {1, 2, 3}));
      assertRefused(mallory, Signal.Code.BAD_MESSAGE, 1003);
    }
  }

  @Test
  void oversizeFrameIsRefusedBeforeItIsRead() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      byte[] frame = RawClient.frame(true, RawClient.BINARY, new byte[Signal.SIZE_LIMIT + 1]);
      mallory.write(Arrays.copyOf(frame, 8)); // The header says it all.
      assertRefused(mallory, Signal.Code.BAD_MESSAGE, 1009);
    }
  }

  @Test
  void oversizeMessageInFragmentsIsRefused() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      mallory.write(RawClient.frame(false, RawClient.BINARY, new byte[9000]));
      mallory.write(RawClient.frame(false, RawClient.CONTINUATION, new byte[9000]));
      assertRefused(mallory, Signal.Code.BAD_MESSAGE, 1009);
    }
  }

  @Test
  void framesAgainstTheStandardAreRefused() throws Exception {
    List<byte[]> wrong =
        List.of(
            new byte[] {(byte) 0x82, 1, 0}, // Not masked, RFC 6455 §5.1.
            RawClient.frame(true, 3, new byte[1]), // A reserved opcode.
            RawClient.frame(true, 0x42, new byte[1]), // A reserved bit.
            RawClient.frame(true, RawClient.CONTINUATION, new byte[1]), // Of nothing.
            RawClient.frame(false, RawClient.PING, new byte[1]), // A control frame in fragments.
            RawClient.frame(true, RawClient.PING, new byte[126])); // A long control frame.
    for (byte[] frame : wrong) {
      try (RawClient mallory = RawClient.proved(town.address())) {
        mallory.write(frame);
        assertRefused(mallory, Signal.Code.BAD_MESSAGE, 1002);
      }
    }
  }

  @Test
  void fragmentsAndPingsBetweenThemAreFine() throws Exception {
    try (RawClient odd = RawClient.proved(town.address())) {
      byte[] wish =
          SignalingCodec.encode(new Signal.PeerRequest(1, Town.EGRESS, List.of())).toArray();
      odd.write(RawClient.frame(false, RawClient.BINARY, Arrays.copyOf(wish, 5)));
      odd.write(RawClient.frame(true, RawClient.PING, ascii("still there?")));
      odd.write(
          RawClient.frame(true, RawClient.CONTINUATION, Arrays.copyOfRange(wish, 5, wish.length)));
      assertThat(odd.hearFrame())
          .isEqualTo(new RawClient.Frame(RawClient.PONG, Bytes.ofUtf8("still there?")));
      assertThat(odd.hear()).isInstanceOf(Signal.Matched.class);
    }
    volunteer.hears(Signal.Matched.class);
    volunteer.hears(Signal.HangUp.class);
  }

  @Test
  void goodbyeIsAnsweredWithGoodbye() throws Exception {
    try (RawClient client = RawClient.proved(town.address())) {
      client.write(RawClient.frame(true, RawClient.CLOSE, new byte[] {0x03, (byte) 0xe8}));
      assertThat(client.hearClose()).isEqualTo(1000);
      client.hearEnd();
    }
  }

  @Test
  void refusedClientThatDoesNotCloseIsCutOff() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      mallory.write(RawClient.frame(true, RawClient.TEXT, ascii("no")));
      mallory.hearEnd();
    }
    Await.until(
        "it is counted", () -> town.metric("freddie_cut_off_total{why=\"lingering\"}") == 1);
  }

  @Test
  void garbageInsteadOfHttpIsAnsweredOrCutOff() throws Exception {
    Random random = new Random(3);
    for (int round = 0; round < 50; round++) {
      byte[] noise = new byte[random.nextInt(20_000)];
      random.nextBytes(noise);
      try (Socket mallory = new Socket(town.address().getAddress(), town.address().getPort())) {
        mallory.getOutputStream().write(noise);
      } catch (SocketException cutOff) {
        assertThat(noise.length).isPositive(); // freddie closed while we still wrote.
      }
    }
    assertThat(town.exchange("\u0000\u0001\u0002 rubbish\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(town.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 404 ");
    assertThat(town.exchange("POST /healthz HTTP/1.1\r\nContent-Length: 0\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ");
    assertThat(town.exchange("GET /v2/signal HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(town.exchange("GET /" + "x".repeat(9000) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(town.exchange("POST /v2/signal HTTP/1.1\r\nContent-Length: 99999\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void noiseOnAnOpenWebSocketEndsItAndNothingElse() throws Exception {
    Random random = new Random(4);
    for (int round = 0; round < 30; round++) {
      byte[] noise = new byte[1 + random.nextInt(3000)];
      random.nextBytes(noise);
      try (RawClient mallory = RawClient.proved(town.address())) {
        mallory.write(noise);
      }
    }
    Await.until("all have left", () -> town.metric("freddie_clients") == 1);
  }

  @Test
  void slowLorisIsCutOffWhereverSheDawdles() throws Exception {
    try (Socket request = new Socket(town.address().getAddress(), town.address().getPort());
        RawClient proof = new RawClient(town.address())) {
      long begun = System.nanoTime();
      Await.until(
          "the connections are cut off",
          () -> {
            trickle(request);
            proof.trickle();
            return town.metric("freddie_cut_off_total{why=\"unproved\"}") >= 2;
          });
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(PATIENCE.dividedBy(2));
    }
  }

  @Test
  void connectionsBeyondTheLimitAreToldToComeLater() throws Exception {
    List<RawClient> crowd = new ArrayList<>();
    try {
      while (crowd.size() < CLIENTS - 1) {
        crowd.add(RawClient.proved(town.address()));
      }
      try (RawClient late = new RawClient(town.address())) {
        Signal.Refusal refusal = (Signal.Refusal) late.hear();
        assertThat(refusal.code()).isEqualTo(Signal.Code.TOO_MANY);
        assertThat(refusal.retryAfterSeconds()).isEqualTo(30);
        assertThat(late.hearClose()).isEqualTo(1013);
      }
    } finally {
      for (RawClient one : crowd) {
        one.close();
      }
    }
    Await.until("the crowd has gone", () -> town.metric("freddie_clients") == 1);
  }

  @Test
  void connectionsThatAreNoClientsAreLimitedToo() throws Exception {
    List<Socket> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS + 100; i++) {
        crowd.add(new Socket(town.address().getAddress(), town.address().getPort()));
      }
      crowd.get(crowd.size() - 1).setSoTimeout(30_000);
      assertThat(endOf(crowd.get(crowd.size() - 1))).isTrue();
    } finally {
      for (Socket one : crowd) {
        one.close();
      }
    }
    Await.until("the crowd has gone", () -> town.metric("freddie_connections") == 2);
    assertThat(town.metric("freddie_cut_off_total{why=\"overfull\"}")).isPositive();
  }

  @Test
  void whoDoesNotReadWhatOthersSayIsCutOff() throws Exception {
    volunteer.offers(0);
    Await.until("the volunteer has gone home", () -> town.metric("freddie_producers_free") == 0);
    try (RawClient deaf = RawClient.proved(town.address());
        RawClient talker = RawClient.proved(town.address())) {
      deaf.offers(1, Town.EGRESS);
      talker.wishes(1, Town.EGRESS);
      long match = ((Signal.Matched) talker.hear()).match();
      Signal offer = sealed(match);
      // Slowed down after 400, that is 4.8 MB: far more than may wait.
      for (int i = 0; i < 300; i++) {
        talker.say(offer);
      }
      assertThat(talker.hear()).isInstanceOf(Signal.HangUp.class);
      assertThat(town.metric("freddie_cut_off_total{why=\"not_reading\"}")).isEqualTo(1);
      Await.until("nothing waits", () -> town.metric("freddie_unread_bytes") == 0);
    }
    volunteer.offers(1);
    Await.until("all have left", () -> town.metric("freddie_clients") == 1);
  }

  @Test
  void whoPingsAndDoesNotReadIsCutOffOrSlowedDown() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      ByteArrayOutputStream pings = new ByteArrayOutputStream();
      for (int i = 0; i < 100; i++) {
        pings.writeBytes(RawClient.frame(true, RawClient.PING, new byte[125]));
      }
      assertThat(mallory.writesUntilItStalls(pings.toByteArray())).isLessThan(1 << 20);
    }
  }

  @Test
  void manyDeafClientsTogetherAreBounded() throws Exception {
    volunteer.offers(0);
    Await.until("the volunteer has gone home", () -> town.metric("freddie_producers_free") == 0);
    List<RawClient> deaf = new ArrayList<>();
    try (RawClient talker = RawClient.proved(town.address())) {
      for (int i = 0; i < 12; i++) {
        RawClient one = RawClient.proved(town.address());
        one.offers(1, Town.EGRESS);
        deaf.add(one);
      }
      talker.wishes(12, Town.EGRESS);
      List<Long> matches = new ArrayList<>();
      while (matches.size() < 12) {
        matches.add(((Signal.Matched) talker.hear()).match());
      }
      // 25 × 12 KiB each: one alone would be borne, twelve are not.
      for (int i = 0; i < 25; i++) {
        for (long match : matches) {
          talker.say(sealed(match));
        }
      }
      assertThat(talker.hear()).isInstanceOf(Signal.HangUp.class);
      assertThat(town.metric("freddie_unread_bytes")).isLessThanOrEqualTo(2 << 20);
    } finally {
      for (RawClient one : deaf) {
        one.close();
      }
    }
    volunteer.offers(1);
    Await.until("all have left", () -> town.metric("freddie_clients") == 1);
    Await.until("nothing waits", () -> town.metric("freddie_unread_bytes") == 0);
  }

  @Test
  void floodIsSlowedDown() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      byte[] message =
          RawClient.frame(
              true,
              RawClient.BINARY,
              SignalingCodec.encode(new Signal.HangUp(1, "x".repeat(250), false)).toArray());
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      for (int i = 0; i < 200; i++) {
        flood.writeBytes(message);
      }
      // What the system buffers, and what a burst may be; the rest waits at Mallory's.
      assertThat(mallory.writesUntilItStalls(flood.toByteArray())).isLessThan(1 << 20);
      assertThat(town.metric("freddie_refusals_total{code=\"too_fast\"}")).isZero();
    }
  }

  @Test
  void floodOfTinyMessagesIsRefused() throws Exception {
    try (RawClient mallory = RawClient.proved(town.address())) {
      byte[] tiny = RawClient.frame(true, RawClient.PING, new byte[0]);
      ByteArrayOutputStream flood = new ByteArrayOutputStream();
      for (int i = 0; i < 20_000; i++) {
        flood.writeBytes(tiny);
      }
      mallory.write(flood.toByteArray());
      assertThat(mallory.hearClose()).isEqualTo(1008);
      assertThat(town.metric("freddie_refusals_total{code=\"too_fast\"}")).isEqualTo(1);
    }
  }

  private static void assertRefused(RawClient client, Signal.Code code, int status)
      throws Exception {
    assertThat(((Signal.Refusal) client.hear()).code()).isEqualTo(code);
    assertThat(client.hearClose()).isEqualTo(status);
    client.write(RawClient.frame(true, RawClient.CLOSE, new byte[0]));
    client.hearEnd();
  }

  /** One more letter of a header that never ends. */
  private static void trickle(Socket socket) throws IOException {
    try {
      socket.getOutputStream().write('x');
    } catch (SocketException cutOff) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  private static boolean endOf(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** 12 KiB. */
  private static Signal sealed(long match) {
    return new Signal.Sealed(match, 1, Bytes.EMPTY, Bytes.of(new byte[Signal.MAX_SEALED_TEXT]));
  }
}
