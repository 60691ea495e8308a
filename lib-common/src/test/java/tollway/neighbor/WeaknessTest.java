// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.neighbor.Street.Node;
import tollway.wire.Binding;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;
import tollway.wire.LinkMessage.Hello;
import tollway.wire.LinkMessage.HelloConfirm;

/** What the program of 2017 did not survive, and what its protocol leaves open. */
final class WeaknessTest {
  private static final int ALICE = 0;
  private static final int BOB = 1;

  private final Street street = new Street();

  private static Endpoint at(int number) {
    return Endpoint.of(Street.source(number));
  }

  private static Identity stranger(Random random) {
    byte[] seed = new byte[32];
    random.nextBytes(seed);
    return Identity.ofSeed(Bytes.of(seed));
  }

  private void say(Node to, String text) {
    to.hood.received(Bytes.ofUtf8(text), Street.source(BOB), Street.LINK);
    to.hood.receivedAside(Bytes.ofUtf8(text), Street.source(BOB), Street.LINK);
  }

  @Test
  @DisplayName("W1, W2: the datagrams that ended the program of 2017 are only counted")
  void whatEndedTheOldProgramIsCounted() {
    Node alice = street.moveIn(ALICE);
    for (String text : List.of("x", "", " ", "scrooge_hello ", "scrooge_hello", "\n")) {
      say(alice, text);
    }
    assertThat(alice.hood.drops()).isEqualTo(Map.of(Drop.MALFORMED, 6L));
    assertThat(alice.hood.snapshot()).isEmpty();
  }

  @Test
  @DisplayName("W3: a neighbour whose numbers start again harms nobody")
  void numbersThatStartAgainHarmNobody() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.receive(new Hello(bob.identity.nodeId(), bob.control, 1), bob.source);
    assertThat(alice.hood.drops()).containsEntry(Drop.STALE, 1L);
    assertThat(alice.forwardsFor(bob)).isTrue();
  }

  @Test
  @DisplayName("W10, P5: on a hub every hello is confirmed once by each, to its sender alone")
  void aHelloOnAHubIsConfirmedOnceByEach() {
    for (int number = 0; number < 8; number++) {
      street.moveIn(number);
    }
    street.pass(Duration.ofSeconds(60));
    street.heard.clear();
    long hellos = 0;
    for (Node node : street.nodes) {
      street.pass(Duration.ofSeconds(2));
      street.heard.clear();
      node.hood.linkUp(Street.LINK, node.control);
      street.loop.runReady();
      hellos += street.count(Hello.class);
      assertThat(street.count(HelloConfirm.class)).isLessThanOrEqualTo(7);
    }
    assertThat(hellos).isEqualTo(8 * 7);
  }

  @Test
  @DisplayName("W11, P6: after a restart with its memory a node believes no recorded message")
  void aReplayToARestartedNodeWithItsMemoryIsStale() {
    List<Bytes> recorded = new ArrayList<>();
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    assertThat(bob.forwardsFor(alice)).isTrue();
    recorded.add(LinkCodec.sign(new Hello(alice.identity.nodeId(), at(ALICE), 5), alice.identity));
    recorded.add(
        LinkCodec.sign(new HelloConfirm(alice.identity.nodeId(), at(ALICE), 6), alice.identity));
    Map<NodeId, Long> memory = bob.hood.highestSeqnos(false);
    assertThat(memory).containsOnlyKeys(alice.identity.nodeId());
    alice.leave();
    bob.leave();
    Node again = street.new Node(BOB, NeighborhoodConfig.DEFAULT);
    again.hood.recall(false, memory);
    street.nodes.add(again);
    again.hood.linkUp(Street.LINK, again.control);
    recorded.forEach(each -> again.hood.received(each, Street.source(ALICE), Street.LINK));
    street.pass(Duration.ofSeconds(2));
    assertThat(again.hood.snapshot()).isEmpty();
    assertThat(again.hood.drops()).isEqualTo(Map.of(Drop.STALE, 2L));
  }

  @Test
  @DisplayName("W11, P6: to a node without memory a recorded handshake ends in an unused tunnel")
  void aReplayToANodeWithoutMemoryIsForwardedNothing() {
    Identity alice = Street.identity(ALICE);
    Node bob = street.moveIn(BOB);
    bob.receive(new HelloConfirm(alice.nodeId(), at(ALICE), 6), Street.source(ALICE));
    bob.receive(new Hello(alice.nodeId(), at(ALICE), 7), Street.source(ALICE));
    street.pass(Duration.ofSeconds(30));
    assertThat(bob.effects)
        .contains(new NeighborEffect.Build(1))
        .doesNotContain(new NeighborEffect.Forward(true));
    assertThat(bob.tunnels).isEmpty();
    assertThat(bob.hood.snapshot()).isEmpty();
  }

  @Test
  @DisplayName("W11, P6: a confirmation that comes when we said no hello is none")
  void aConfirmationAnswersAHello() {
    Identity alice = Street.identity(ALICE);
    Node bob = street.moveIn(BOB);
    bob.hood.linkDown(Street.LINK);
    street.pass(Duration.ofSeconds(3));
    bob.receive(new HelloConfirm(alice.nodeId(), at(ALICE), 6), Street.source(ALICE));
    assertThat(bob.hood.snapshot()).isEmpty();
    assertThat(bob.hood.drops()).containsEntry(Drop.UNASKED, 1L);
  }

  @Test
  @DisplayName("W13: datagrams that overtake each other lose one message and harm nobody")
  void datagramsMayOvertakeEachOther() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    long seqno = 1L << 60;
    alice.receive(new Hello(bob.identity.nodeId(), bob.control, seqno + 1), bob.source);
    alice.receive(new Hello(bob.identity.nodeId(), bob.control, seqno), bob.source);
    alice.receive(new Hello(bob.identity.nodeId(), bob.control, seqno + 2), bob.source);
    assertThat(alice.hood.drops()).isEqualTo(Map.of(Drop.STALE, 1L));
    assertThat(alice.forwardsFor(bob)).isTrue();
  }

  @Test
  @DisplayName("W14, P6: a number years ahead of the clock is not remembered over a restart")
  void aLeapIsNotRemembered() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    assertThat(alice.hood.highestSeqnos(false)).hasSize(1);
    alice.receive(new Hello(bob.identity.nodeId(), bob.control, -1), bob.source);
    assertThat(alice.hood.highestSeqno(bob.identity.nodeId())).hasValue(-1);
    assertThat(alice.hood.highestSeqnos(false)).isEmpty();
    assertThat(alice.forwardsFor(bob)).isTrue();
  }

  @Test
  @DisplayName("P6: strangers cannot push out the number of one who had a tunnel")
  void strangersDoNotPushOutANumber() {
    SeqnoMarks marks = new SeqnoMarks();
    NodeId bob = Street.identity(BOB).nodeId();
    marks.raise(bob, 7);
    marks.prove(bob);
    for (int i = 0; i < 20_000; i++) {
      byte[] key = new byte[32];
      key[0] = (byte) i;
      key[1] = (byte) (i >> 8);
      marks.raise(new NodeId(Bytes.of(key)), 1);
    }
    assertThat(marks.isStale(bob, 7)).isTrue();
    marks.raise(bob, 9);
    assertThat(marks.proven()).isEqualTo(Map.of(bob, 9L));
  }

  @Test
  @DisplayName("P4: newcomers are taken in at a bounded rate, and so many on each link")
  void newcomersAreBounded() {
    Node alice = street.moveIn(ALICE);
    Random random = new Random(4);
    for (int i = 0; i < 400; i++) {
      Identity each = stranger(random);
      alice.hood.received(
          LinkCodec.sign(new Hello(each.nodeId(), at(9), 5), each),
          Street.source(i % 200),
          Street.LINK);
    }
    assertThat(alice.hood.snapshot()).hasSize(128);
    assertThat(alice.hood.drops().get(Drop.CROWDED)).isEqualTo(272);
    for (int second = 0; second < 10; second++) {
      street.pass(Duration.ofSeconds(1));
      for (int i = 0; i < 60; i++) {
        Identity each = stranger(random);
        alice.hood.received(
            LinkCodec.sign(new Hello(each.nodeId(), at(9), 5), each),
            Street.source(i),
            Street.LINK);
      }
    }
    assertThat(alice.hood.snapshot()).hasSize(256);
  }

  @Test
  @DisplayName("P5: what strangers make us say is bounded")
  void answersToStrangersAreBounded() {
    Node alice = street.moveIn(ALICE);
    street.moveIn(BOB);
    street.pass(Duration.ofSeconds(10));
    street.heard.clear();
    Random random = new Random(6);
    for (int i = 0; i < 1_000; i++) {
      Identity each = stranger(random);
      alice.hood.received(
          LinkCodec.sign(new Hello(each.nodeId(), at(BOB), 5), each),
          Street.source(i % 250),
          Street.LINK);
    }
    street.pass(Duration.ofMillis(900));
    assertThat(street.heard.size()).isLessThanOrEqualTo(256);
    assertThat(alice.hood.unanswered()).isPositive();
  }

  @Test
  @DisplayName("W17: no message makes a line in the log")
  void messagesAreNotLogged() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      Hello hello = new Hello(bob.identity.nodeId(), bob.control, 1L << 60);
      for (int i = 0; i < 500; i++) {
        alice.receive(hello, bob.source);
        say(alice, "scrooge_hello " + i);
      }
    } finally {
      System.setErr(before);
    }
    assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  @DisplayName("W19: whatever we say verifies")
  void whateverWeSayVerifies() throws Exception {
    NeighborhoodConfig offers = NeighborhoodConfig.DEFAULT.with(Scrooge2.OFFER);
    street.moveIn(ALICE, offers);
    street.moveIn(BOB, offers);
    street.moveIn(2); // Speaks scrooge alone. The street itself verifies what she hears.
    street.pass(Duration.ofSeconds(30));
    assertThat(street.heard).hasSizeGreaterThan(20);
    assertThat(street.aside).hasSizeGreaterThan(20);
    for (Bytes each : street.aside) {
      LinkMessage message = LinkCodec.parseBound(each, Street.LINK).verify();
      Binding binding = LinkCodec.parseBound(each, Street.LINK).claimedBinding().orElseThrow();
      assertThat(message instanceof Hello).isEqualTo(binding.to().isEmpty());
    }
  }

  @Test
  @DisplayName("S7: neighbours hear of another control address each alone, at once")
  void anotherControlAddressIsToldToEach() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    street.pass(Duration.ofSeconds(10));
    street.heard.clear();
    Endpoint moved = new Endpoint(at(50).address(), "", 8481);
    alice.hood.linkUp(Street.LINK, moved);
    street.loop.advance(Duration.ofMillis(1));
    assertThat(street.count(Hello.class)).isEqualTo(2);
    assertThat(bob.knows(alice).orElseThrow().contact().control().address())
        .isEqualTo(moved.address());
    street.heard.clear();
    alice.hood.linkUp(Street.LINK, moved);
    street.loop.advance(Duration.ofMillis(1));
    assertThat(street.count(Hello.class)).as("the same address").isEqualTo(1);
  }
}
