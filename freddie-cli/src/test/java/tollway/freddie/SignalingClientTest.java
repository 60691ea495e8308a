// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.lab.Await;
import tollway.signaling.SealKey;
import tollway.signaling.Signal;
import tollway.signaling.SignalingCodec;

/** Our client and freddies that stop, come back, are dead, or are none. */
final class SignalingClientTest {
  private static final Bytes NONCE = Bytes.of(new byte[Signal.NONCE_SIZE]);
  private static final Identity MALLORY = Identity.generate(new SecureRandom());

  private Town town;

  @BeforeEach
  void openTown() throws IOException {
    town = new Town();
  }

  @AfterEach
  void closeTown() {
    town.close();
  }

  @Test
  void comesBackToARestartedFreddieWithItsSlots() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(1);
    volunteer.connected();
    town.stopFreddie();
    assertThat(volunteer.disconnected()).startsWith(town.url().toString());
    Person alice = town.person();
    alice.wishes(1);
    town.startFreddie();
    assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
  }

  @Test
  void comesBackWishingOnlyWhatIsStillMissing() throws Exception {
    Person volunteer = town.person();
    volunteer.offers(5);
    Person alice = town.person();
    alice.wishes(2);
    alice.hears(Signal.Matched.class);
    alice.connected();
    town.stopFreddie();
    town.startFreddie();
    alice.connected();
    alice.hears(Signal.Matched.class);
    Person other = town.person();
    other.offers(5);
    Await.until("the other is known", () -> town.metric("freddie_producers_free") == 2);
    assertThat(town.metric("freddie_consumers_waiting")).isZero();
    assertThat(alice.unasked()).isEmpty();
  }

  @Test
  void movesToAnotherFreddieWhenItsOwnStops() throws Exception {
    try (Town other = new Town()) {
      Person volunteer = town.person(List.of(town.url(), other.url()));
      volunteer.offers(1);
      volunteer.connected();
      Person alice = other.person();
      alice.wishes(1);
      town.stopFreddie();
      assertThat(alice.hears(Signal.Matched.class).peer()).isEqualTo(volunteer.nodeId());
    }
  }

  @Test
  void deadFreddiesDoNotDelayForLong() throws Exception {
    int closed;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = gone.getLocalPort();
    }
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long begun = System.nanoTime();
      Person alice =
          town.person(List.of(url("http", closed), url("http", silent.getLocalPort()), town.url()));
      assertThat(alice.disconnected()).contains("cannot connect");
      assertThat(alice.connected()).hasSize(1);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(14));
    }
  }

  @Test
  void saysWhyAnAddressIsNoFreddie() throws Exception {
    int port = town.address().getPort();
    assertThat(town.person(List.of(URI.create(town.url() + "/blog"))).disconnected())
        .contains("not a freddie");
    assertThat(town.person(List.of(url("https", port))).disconnected())
        .endsWith("TLS failed: who answers there does not speak it");
    assertThat(town.person(List.of(URI.create("http://no-such-host.invalid"))).disconnected())
        .contains("no such host");
  }

  @Test
  void namesAndPathsOfOtherFormsWork() throws Exception {
    int port = town.address().getPort();
    for (String url : List.of("ws://localhost:" + port, "HTTP://127.0.0.1:" + port + "/")) {
      assertThat(town.person(List.of(URI.create(url))).connected()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a", "http:///x", "a:b", "nothing", "http://a_b", "http://a:70000"})
  void refusesWhatCannotBeAFreddie(String url) {
    assertThatThrownBy(() -> town.person(List.of(URI.create(url))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(url);
  }

  @Test
  void falseFreddiesAreLeft() throws Exception {
    Signal challenge = new Signal.Challenge(Signal.VERSION, NONCE);
    Signal welcome = new Signal.Welcome(List.of());
    Signal matched = new Signal.Matched(1, Signal.Role.CONSUMER, Town.EGRESS, Town.EGRESS);
    byte[] noise = new byte[500];
    new Random(5).nextBytes(noise);
    List<byte[]> lies =
        List.of(
            said(welcome),
            said(matched),
            said(challenge, challenge),
            said(challenge, matched),
            said(challenge, welcome, welcome),
            said(challenge, welcome, new Signal.PeerRequest(1, Town.EGRESS, List.of())),
            said(challenge, welcome, new Signal.Description(1, Signal.Kind.OFFER, "v=0")),
            said(challenge, welcome, new Signal.Candidate(1, "candidate:1")),
            said(challenge, welcome, matched), // Without a key to seal to.
            said(challenge, welcome, matched(Town.EGRESS, MALLORY)), // With one of its own.
            FalseFreddie.frame(RawClient.BINARY, noise),
            FalseFreddie.frame(RawClient.BINARY, new byte[Signal.SIZE_LIMIT + 1]),
            noise);
    for (byte[] lie : lies) {
      try (FalseFreddie mallory = new FalseFreddie(lie)) {
        Person alice = town.person(List.of(mallory.url(), town.url()));
        assertThat(alice.disconnected()).startsWith(mallory.url() + ": not a freddie: ");
        Await.until("alice is at the true freddie", () -> town.metric("freddie_clients") == 1);
        alice.close();
        Await.until("alice has left", () -> town.metric("freddie_clients") == 0);
      }
    }
  }

  @Test
  void textAndPingsAreNoReasonToLeave() throws Exception {
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    words.writeBytes(said(new Signal.Challenge(Signal.VERSION, NONCE)));
    words.writeBytes(FalseFreddie.frame(RawClient.TEXT, "hi".getBytes(StandardCharsets.UTF_8)));
    words.writeBytes(said(new Signal.Welcome(List.of("192.0.2.1:3478"))));
    try (FalseFreddie odd = new FalseFreddie(words.toByteArray())) {
      assertThat(town.person(List.of(odd.url())).connected()).containsExactly("192.0.2.1:3478");
    }
  }

  @Test
  void staysAwayAsLongAsItIsAskedTo() throws Exception {
    Signal refusal = new Signal.Refusal(Signal.Code.TOO_MANY, 2, "full");
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    words.writeBytes(said(new Signal.Challenge(Signal.VERSION, NONCE), refusal));
    words.writeBytes(new byte[] {(byte) 0x88, 0}); // Close.
    try (FalseFreddie full = new FalseFreddie(words.toByteArray())) {
      Person alice = town.person(List.of(full.url()));
      assertThat(alice.hears(Signal.Refusal.class).retryAfterSeconds()).isEqualTo(2);
      Long first = full.visits().poll(30, TimeUnit.SECONDS);
      Long second = full.visits().poll(30, TimeUnit.SECONDS);
      assertThat(first).isNotNull();
      assertThat(second).isNotNull();
      assertThat(Duration.ofNanos(second - first)).isGreaterThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void leavesAFreddieThatDoesNotRead() throws Exception {
    ByteArrayOutputStream words = new ByteArrayOutputStream();
    words.writeBytes(
        said(
            new Signal.Challenge(Signal.VERSION, NONCE),
            new Signal.Welcome(List.of()),
            matched(MALLORY.nodeId(), MALLORY)));
    try (FalseFreddie deaf = FalseFreddie.deaf(words.toByteArray())) {
      Person alice = town.person(List.of(deaf.url()));
      alice.hears(Signal.Matched.class);
      for (int i = 0; i < 1000; i++) {
        alice.says(new Signal.Description(1, Signal.Kind.OFFER, "x".repeat(Signal.MAX_SDP)));
      }
      assertThat(alice.disconnected()).endsWith("it does not read");
    }
  }

  /** With {@code peer}, under a key that {@code signer} signed. */
  private static Signal matched(NodeId peer, Identity signer) {
    Bytes key = Bytes.of((byte) 9).plus(Bytes.of(new byte[SealKey.SIZE - 1]));
    return new Signal.Matched(
        1,
        Signal.Role.CONSUMER,
        peer,
        Town.EGRESS,
        0,
        Optional.empty(),
        Optional.of(SealKey.of(key, signer)));
  }

  private static byte[] said(Signal... signals) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (Signal signal : signals) {
      frames.writeBytes(
          FalseFreddie.frame(RawClient.BINARY, SignalingCodec.encode(signal).toArray()));
    }
    return frames.toByteArray();
  }

  private static URI url(String scheme, int port) {
    return URI.create(scheme + "://127.0.0.1:" + port);
  }
}
