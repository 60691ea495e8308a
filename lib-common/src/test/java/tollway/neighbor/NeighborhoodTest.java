// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.neighbor.Street.Node;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;
import tollway.wire.LinkMessage.Hello;
import tollway.wire.LinkMessage.HelloConfirm;
import tollway.wire.LinkMessage.TunnelConfirm;

/** In the cast Alice has the smallest key, then Bob, then Carol; Mallory comes last. */
final class NeighborhoodTest {
  private static final int ALICE = 0;
  private static final int BOB = 1;
  private static final int MALLORY = 7;
  private static final Bytes TUNNEL_KEY = Bytes.of(new byte[31]).plus(Bytes.of((byte) 9));

  private final Street street = new Street();

  @Test
  void twoNodesFindEachOtherAtOnce() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    assertThat(alice.forwardsFor(bob)).isTrue();
    assertThat(bob.forwardsFor(alice)).isTrue();
    assertThat(street.count(LinkMessage.Tunnel.class)).isEqualTo(1);
  }

  @Test
  void itDoesNotMatterWhoCameFirst() {
    Node bob = street.moveIn(BOB);
    Node alice = street.moveIn(ALICE);
    assertThat(alice.forwardsFor(bob)).isTrue();
    assertThat(bob.forwardsFor(alice)).isTrue();
  }

  @Test
  void everybodyOnAHubGetsATunnelWithEverybody() {
    for (int number = 0; number < 8; number++) {
      street.moveIn(number);
      street.pass(Duration.ofMillis(20));
    }
    street.pass(Duration.ofSeconds(3));
    for (Node one : street.nodes) {
      for (Node other : street.nodes) {
        assertThat(one == other || one.forwardsFor(other)).isTrue();
      }
    }
  }

  @Test
  void theLargerKeyWaitsHalfASecond() {
    street.loses = message -> message instanceof LinkMessage.Tunnel;
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.buildsFail = true;
    street.pass(Duration.ofMillis(450));
    assertThat(bob.effects).isEmpty();
    street.pass(Duration.ofMillis(400));
    assertThat(bob.effects).contains(new NeighborEffect.Build(1));
  }

  @Test
  void requestsThatCrossMakeOneTunnel() {
    Node alice = street.moveIn(ALICE);
    alice.buildsHang = true;
    Node bob = street.moveIn(BOB);
    street.pass(Duration.ofMillis(2500)); // Bob has waited, and asks while Alice still builds.
    assertThat(alice.knows(bob).orElseThrow().state()).isEqualTo(NeighborState.OPENING);
    assertThat(bob.knows(alice).orElseThrow().state()).isEqualTo(NeighborState.OPENING);
    alice.ready(alice.as(bob), 1);
    street.pass(Duration.ofMillis(1));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
    assertThat(alice.effects).doesNotContain(new NeighborEffect.Build(2));
    assertThat(bob.effects).doesNotContain(new NeighborEffect.Build(2));
  }

  @Test
  void requestsThatPassEachOtherOnTheWayMakeOneTunnel() {
    Node alice = street.moveIn(ALICE);
    alice.buildsHang = true;
    Node bob = street.moveIn(BOB);
    bob.buildsHang = true;
    street.pass(Duration.ofMillis(2500));
    alice.ready(alice.as(bob), 1);
    bob.ready(bob.as(alice), 1); // Both requests leave before either arrives.
    street.pass(Duration.ofMillis(1));
    assertThat(street.count(LinkMessage.Tunnel.class)).isEqualTo(2);
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
    assertThat(alice.effects).doesNotContain(new NeighborEffect.Build(2));
    assertThat(bob.effects).doesNotContain(new NeighborEffect.Build(2));
  }

  @Test
  @DisplayName("W18: who only relays messages gets nothing forwarded")
  void nothingIsForwardedBeforeAHandshake() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    List<NeighborEffect.Tunnel> effects = alice.effects;
    assertThat(effects.get(0)).isEqualTo(new NeighborEffect.Build(1));
    assertThat(effects.get(1)).isInstanceOf(NeighborEffect.SetPeer.class);
    assertThat(effects.get(2)).isEqualTo(new NeighborEffect.Forward(true));
    assertThat(effects).hasSize(3);
    assertThat(bob.effects).hasSize(3);
  }

  @Test
  void aNewRequestEndsTheTunnelBefore() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    bob.leave();
    alice.effects.clear();
    Node bobAgain = street.moveIn(BOB);
    street.pass(Duration.ofSeconds(3));
    assertThat(alice.forwardsFor(bobAgain) && bobAgain.forwardsFor(alice)).isTrue();
    assertThat(alice.effects.get(0)).isEqualTo(new NeighborEffect.Forward(false));
    assertThat(alice.effects.get(1)).isEqualTo(new NeighborEffect.Build(2));
    assertThat(alice.effects.get(3)).isEqualTo(new NeighborEffect.Forward(true));
  }

  @Test
  void aRequestThatIsLostIsMadeAgain() {
    int[] lost = {0};
    street.loses = message -> message instanceof LinkMessage.Tunnel && lost[0]++ < 2;
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    street.pass(Duration.ofMillis(1900));
    assertThat(lost[0]).isEqualTo(3);
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
  }

  @Test
  void anAnswerThatIsLostIsGivenAgainWithoutStartingAnew() {
    int[] lost = {0};
    street.loses = message -> message instanceof TunnelConfirm && lost[0]++ < 1;
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    street.pass(Duration.ofSeconds(1));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
    assertThat(bob.effects).doesNotContain(new NeighborEffect.Build(2));
  }

  @Test
  void aTunnelThatShakesNoHandsIsGivenUpAndTriedAgainLater() {
    Node alice = street.moveIn(ALICE);
    street.loses = message -> message instanceof LinkMessage.Tunnel;
    Node bob = street.moveIn(BOB);
    bob.buildsFail = true;
    street.pass(Duration.ofMillis(10_200));
    assertThat(alice.effects).contains(new NeighborEffect.Remove());
    assertThat(alice.knows(bob).orElseThrow().state()).isEqualTo(NeighborState.CONFIRMED);
    street.loses = message -> false;
    bob.buildsFail = false;
    street.pass(Duration.ofMinutes(2));
    assertThat(alice.forwardsFor(bob)).isTrue();
  }

  @Test
  void confirmationsAreNotAnswered() {
    Node alice = street.moveIn(ALICE);
    street.pass(Duration.ofSeconds(30));
    Identity bob = Street.identity(BOB);
    Endpoint at = Endpoint.of(Street.source(BOB));
    alice.buildsHang = true;
    alice.hood.linkUp(Street.LINK, alice.control); // A confirmation counts after a hello only.
    alice.receive(new HelloConfirm(bob.nodeId(), at, 5), Street.source(BOB));
    alice.receive(new TunnelConfirm(bob.nodeId(), TUNNEL_KEY, at, 6), Street.source(BOB));
    assertThat(street.heard).isEmpty();
    assertThat(alice.effects).containsExactly(new NeighborEffect.Build(1));
  }

  @Test
  @DisplayName("P5: a neighbour is confirmed at most once a second")
  void aNeighborIsConfirmedAtMostOnceASecond() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    street.pass(Duration.ofSeconds(30));
    street.heard.clear();
    for (int seqno = 1; seqno <= 15; seqno++) {
      bob.hood.linkUp(Street.LINK, bob.control); // Each says hello at once.
      street.loop.runReady();
    }
    assertThat(street.count(HelloConfirm.class)).isEqualTo(1);
    street.pass(Duration.ofMillis(1100));
    assertThat(street.count(HelloConfirm.class)).isEqualTo(2);
    assertThat(alice.hood.drops()).isEmpty();
  }

  @Test
  @DisplayName("W4, P2: a replayed datagram changes nothing and costs no signature check")
  void whatWasSaidOnceIsNotBelievedAgainAndCostsNoSignatureCheck() {
    Node alice = street.moveIn(ALICE);
    Identity bob = Street.identity(BOB);
    Hello hello = new Hello(bob.nodeId(), Endpoint.of(Street.source(BOB)), 5);
    alice.receive(hello, Street.source(BOB));
    alice.receive(hello, Street.source(BOB));
    assertThat(alice.hood.drops()).containsEntry(Drop.STALE, 1L);
    // The same number under a signature that is not Bob's: were it checked, it would be FORGED.
    Bytes signed = LinkCodec.sign(hello, bob);
    String other = LinkCodec.sign(new Hello(bob.nodeId(), hello.controlAddress(), 4), bob).utf8();
    String text = signed.utf8().substring(0, signed.utf8().lastIndexOf(' ') + 1);
    String forged = text + other.substring(other.lastIndexOf(' ') + 1);
    alice.hood.received(Bytes.ofUtf8(forged), Street.source(BOB), Street.LINK);
    assertThat(alice.hood.drops()).containsEntry(Drop.STALE, 2L).doesNotContainKey(Drop.FORGED);
  }

  @Test
  @DisplayName("W4: a replay stays one after its sender was forgotten")
  void replaysStayDroppedAfterTheSenderWasForgotten() {
    Node alice = street.moveIn(ALICE);
    Hello hello = new Hello(Street.identity(BOB).nodeId(), Endpoint.of(Street.source(BOB)), 5);
    alice.receive(hello, Street.source(BOB));
    street.pass(Duration.ofSeconds(20));
    assertThat(alice.hood.snapshot()).isEmpty();
    alice.receive(hello, Street.source(BOB));
    assertThat(alice.hood.snapshot()).isEmpty();
  }

  @Test
  @DisplayName("P2: our own key is dropped before its signature")
  void weAreNotOurOwnNeighbor() {
    Node alice = street.moveIn(ALICE);
    alice.receive(
        new Hello(alice.identity.nodeId(), alice.control, 1L << 62), Street.source(ALICE));
    assertThat(alice.hood.snapshot()).isEmpty();
    assertThat(alice.hood.drops()).containsEntry(Drop.OWN, 1L);
  }

  @Test
  @DisplayName("W9, P5: nobody makes us send to an address elsewhere")
  void anAddressElsewhereIsNotSentTo() throws Exception {
    Node alice = street.moveIn(ALICE);
    Identity mallory = Street.identity(MALLORY);
    Endpoint victim = Endpoint.parse("192.0.2.1:53");
    alice.receive(new Hello(mallory.nodeId(), victim, 5), Street.source(MALLORY));
    assertThat(alice.hood.snapshot()).isEmpty();
    assertThat(alice.hood.drops()).containsEntry(Drop.OFF_LINK, 1L);
    alice.onLink = address -> address.equals(victim.address());
    alice.receive(new Hello(mallory.nodeId(), victim, 6), Street.source(MALLORY));
    assertThat(alice.hood.snapshot()).hasSize(1);
  }

  @Test
  @DisplayName("W9: nobody makes us open a tunnel to an address elsewhere")
  void aTunnelEndElsewhereIsNotSentTo() throws Exception {
    Node alice = street.moveIn(ALICE);
    Identity mallory = Street.identity(MALLORY);
    Endpoint own = Endpoint.of(Street.source(MALLORY));
    alice.receive(new Hello(mallory.nodeId(), own, 5), Street.source(MALLORY));
    alice.receive(
        new LinkMessage.Tunnel(mallory.nodeId(), TUNNEL_KEY, Endpoint.parse("192.0.2.1:53"), 6),
        Street.source(MALLORY));
    assertThat(alice.hood.drops()).containsEntry(Drop.OFF_LINK, 1L);
    assertThat(alice.effects).isEmpty();
  }

  @Test
  @DisplayName("W12, P7: a request that another brings is refused")
  void onlyWhoSaidHelloFromThereMayAskForATunnel() {
    Node alice = street.moveIn(ALICE);
    Identity bob = Street.identity(BOB);
    Endpoint at = Endpoint.of(Street.source(BOB));
    Bytes key = TUNNEL_KEY;
    alice.receive(new LinkMessage.Tunnel(bob.nodeId(), key, at, 5), Street.source(BOB));
    alice.receive(new Hello(bob.nodeId(), at, 6), Street.source(BOB));
    // Bob's request to somebody else, brought here by Mallory.
    alice.receive(new LinkMessage.Tunnel(bob.nodeId(), key, at, 7), Street.source(MALLORY));
    assertThat(alice.hood.drops()).containsEntry(Drop.UNINTRODUCED, 2L);
    assertThat(alice.effects).isEmpty();
    alice.receive(new LinkMessage.Tunnel(bob.nodeId(), key, at, 8), Street.source(BOB));
    assertThat(alice.effects).contains(new NeighborEffect.Build(1));
  }

  @Test
  void silenceWithoutATunnelIsForgotten() {
    Node alice = street.moveIn(ALICE);
    alice.receive(
        new Hello(Street.identity(BOB).nodeId(), Endpoint.of(Street.source(BOB)), 5),
        Street.source(BOB));
    street.pass(Duration.ofMillis(17_500));
    assertThat(alice.hood.snapshot()).hasSize(1);
    street.pass(Duration.ofSeconds(1));
    assertThat(alice.hood.snapshot()).isEmpty();
  }

  @Test
  void silenceWithAFreshHandshakeIsBorne() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    bob.leave();
    street.pass(Duration.ofSeconds(170));
    assertThat(alice.forwardsFor(bob)).isTrue();
    alice.hood.handshake(alice.as(bob), 1, street.loop.now());
    street.pass(Duration.ofSeconds(170));
    assertThat(alice.forwardsFor(bob)).isTrue();
    street.pass(Duration.ofSeconds(11));
    assertThat(alice.hood.snapshot()).isEmpty();
    assertThat(alice.effects)
        .endsWith(new NeighborEffect.Forward(false), new NeighborEffect.Remove());
  }

  @Test
  void aTunnelThatWentDeadIsMadeAnewWhileItsNeighborSpeaks() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.effects.clear();
    street.pass(Duration.ofSeconds(185));
    assertThat(alice.effects)
        .startsWith(new NeighborEffect.Forward(false), new NeighborEffect.Build(2));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
  }

  @Test
  void nothingIsForwardedWhileALostTunnelIsMadeAgain() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.effects.clear();
    alice.hood.tunnelLost(alice.as(bob), 1);
    assertThat(alice.forwardsFor(bob)).isFalse();
    alice.hood.handshake(alice.as(bob), 1, street.loop.now().plusSeconds(1));
    assertThat(alice.effects)
        .containsExactly(new NeighborEffect.Forward(false), new NeighborEffect.Forward(true));
  }

  @Test
  void newsOfAnEarlierTunnelChangeNothing() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    Neighbor before = alice.knows(bob).orElseThrow();
    alice.hood.tunnelFailed(alice.as(bob), 0);
    alice.hood.tunnelLost(alice.as(bob), 7);
    alice.hood.handshake(alice.as(bob), 7, street.loop.now().plusSeconds(1));
    assertThat(alice.knows(bob)).contains(before);
  }

  @Test
  @DisplayName("W7, P4: the table is bounded and keeps those with a tunnel")
  void theTableIsBoundedAndKeepsThoseWithATunnel() {
    Node alice =
        street.moveIn(ALICE, new NeighborhoodConfig(3, 3, 8, Duration.ofSeconds(5), Scrooge2.OFF));
    Node bob = street.moveIn(BOB);
    Random random = new Random(3);
    for (int i = 0; i < 50; i++) {
      Identity stranger = identity(random);
      Hello hello = new Hello(stranger.nodeId(), Endpoint.of(Street.source(i % 100)), 5);
      alice.hood.received(LinkCodec.sign(hello, stranger), Street.source(100 + i), Street.LINK);
    }
    assertThat(alice.hood.snapshot()).hasSize(3);
    assertThat(alice.forwardsFor(bob)).isTrue();
  }

  @Test
  void tunnelsAreLimited() {
    Node alice =
        street.moveIn(
            ALICE, new NeighborhoodConfig(16, 16, 2, Duration.ofSeconds(5), Scrooge2.OFF));
    for (int number = 1; number < 6; number++) {
      street.moveIn(number);
    }
    street.pass(Duration.ofSeconds(5));
    assertThat(alice.hood.snapshot()).hasSize(5);
    assertThat(alice.hood.snapshot()).filteredOn(Neighbor::mayForward).hasSize(2);
    assertThat(alice.tunnels).hasSize(2);
  }

  @Test
  @DisplayName("W8, P5: a flood of strangers costs a bounded number of checks")
  void aFloodOfStrangersDoesNotSilenceAnAcquaintance() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    Random random = new Random(5);
    Identity stranger = identity(random);
    for (int seqno = 1; seqno <= 2000; seqno++) {
      Hello hello = new Hello(stranger.nodeId(), Endpoint.of(Street.source(9)), seqno);
      alice.hood.received(LinkCodec.sign(hello, stranger), Street.source(seqno % 250), Street.LINK);
    }
    assertThat(alice.hood.drops().get(Drop.OVER_BUDGET)).isGreaterThan(1000);
    street.heard.clear();
    bob.hood.linkUp(Street.LINK, bob.control);
    street.pass(Duration.ofMillis(1100));
    assertThat(street.heard)
        .anyMatch(
            message ->
                message instanceof HelloConfirm
                    && message.sender().equals(alice.identity.nodeId()));
  }

  @Test
  @DisplayName("W1, P1: a byte or any other noise changes nothing")
  void noiseChangesNothing() {
    Node alice = street.moveIn(ALICE);
    Random random = new Random(11);
    Identity bob = Street.identity(BOB);
    byte[] sound =
        LinkCodec.sign(new Hello(bob.nodeId(), Endpoint.of(Street.source(BOB)), 5), bob).toArray();
    for (int round = 0; round < 20_000; round++) {
      byte[] noise = sound.clone();
      for (int i = random.nextInt(5); i >= 0; i--) {
        noise[random.nextInt(noise.length)] ^= (byte) (1 + random.nextInt(255));
      }
      alice.hood.received(Bytes.of(noise), Street.source(round % 50), Street.LINK);
    }
    assertThat(alice.hood.snapshot()).isEmpty();
    assertThat(alice.hood.accepted()).isZero();
  }

  @Test
  void clocksThatStepForgetNobodyAndSilenceNobody() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    street.loop.stepWallClock(Duration.ofDays(400));
    street.pass(Duration.ofSeconds(10));
    street.loop.stepWallClock(Duration.ofDays(-800));
    street.pass(Duration.ofSeconds(100));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
    assertThat(alice.hood.drops()).doesNotContainKey(Drop.STALE);
  }

  @Test
  void aTunnelOfAnEarlierRunIsTakenOver() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    Attempt attempt = alice.knows(bob).orElseThrow().attempt().orElseThrow();
    alice.leave();
    Node again = street.new Node(ALICE, NeighborhoodConfig.DEFAULT);
    boolean adopted =
        again.hood.adopt(
            again.as(bob),
            bob.control,
            attempt.own().orElseThrow(),
            attempt.peer().orElseThrow(),
            attempt.handshake().orElseThrow(),
            Duration.ofSeconds(100));
    assertThat(adopted).isTrue();
    assertThat(again.effects).containsExactly(new NeighborEffect.Forward(true));
    street.nodes.add(again);
    again.hood.linkUp(Street.LINK, again.control);
    street.pass(Duration.ofSeconds(30));
    assertThat(again.forwardsFor(bob) && bob.forwardsFor(again)).isTrue();
    assertThat(again.effects).hasSize(1);
    street.pass(Duration.ofSeconds(60));
    assertThat(again.effects).contains(new NeighborEffect.Build(2)); // 190 s without a handshake.
  }

  @Test
  void aTunnelTooOldIsNotTakenOver() {
    Node alice = street.moveIn(ALICE);
    TunnelEnd end = new TunnelEnd(alice.identity.nodeId().key(), alice.control);
    NeighborId bob = new NeighborId(Street.identity(BOB).nodeId(), Street.LINK);
    assertThat(
            alice.hood.adopt(
                bob, end.endpoint(), end, end, street.loop.now(), Duration.ofMinutes(3)))
        .isFalse();
    assertThat(alice.hood.snapshot()).isEmpty();
  }

  @Test
  void hellosComeFastAndThenAboutEveryPeriod() {
    Street quiet = new Street();
    quiet.loses = message -> !(message instanceof Hello);
    quiet.moveIn(ALICE);
    quiet.nodes.add(quiet.new Node(BOB, NeighborhoodConfig.DEFAULT));
    List<Long> times = new ArrayList<>();
    for (int millis = 0; millis < 60_000; millis += 10) {
      long before = quiet.count(Hello.class);
      quiet.pass(Duration.ofMillis(10));
      if (quiet.count(Hello.class) > before) {
        times.add(millis + 10L);
      }
    }
    assertThat(times.subList(0, 3)).containsExactly(500L, 1000L, 2000L);
    for (int i = 3; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).isBetween(3990L, 6010L);
    }
    assertThat(new HashSet<>(times.subList(3, 10))).hasSize(7);
  }

  @Test
  void aLinkThatIsDownIsSilent() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.hood.linkDown(Street.LINK);
    street.pass(Duration.ofSeconds(10));
    street.heard.clear();
    street.pass(Duration.ofSeconds(10));
    assertThat(street.heard).noneMatch(message -> message.sender().equals(alice.identity.nodeId()));
    alice.hood.linkUp(Street.LINK, alice.control);
    street.loop.runReady();
    assertThat(street.heard).anyMatch(message -> message.sender().equals(alice.identity.nodeId()));
    assertThat(alice.forwardsFor(bob)).isTrue();
  }

  @Test
  void aLinkThatIsGoneTakesItsTunnelsAlong() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.effects.clear();
    alice.hood.linkGone(Street.LINK);
    assertThat(alice.hood.snapshot()).isEmpty();
    assertThat(alice.effects)
        .containsExactly(new NeighborEffect.Forward(false), new NeighborEffect.Remove());
    alice.hood.linkUp(Street.LINK, alice.control);
    street.pass(Duration.ofSeconds(3));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
  }

  private static Identity identity(Random random) {
    byte[] seed = new byte[32];
    random.nextBytes(seed);
    return Identity.ofSeed(Bytes.of(seed));
  }
}
