// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.neighbor.Street.Node;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

/** Neighbours that speak {@code scrooge2}, and what becomes of those who do not. */
final class Scrooge2Test {
  private static final int ALICE = 0;
  private static final int BOB = 1;
  private static final int CAROL = 2;
  private static final NeighborhoodConfig OFF = NeighborhoodConfig.DEFAULT;
  private static final NeighborhoodConfig OFFER = OFF.with(Scrooge2.OFFER);
  private static final NeighborhoodConfig REQUIRE = OFF.with(Scrooge2.REQUIRE);

  private final Street street = new Street();

  private List<Bytes> aside(String type) {
    return street.aside.stream().filter(each -> each.utf8().startsWith(type + " ")).toList();
  }

  private void replay(Bytes datagram, Node to, int from) {
    to.hood.receivedAside(datagram, Street.source(from), Street.LINK);
    street.loop.runReady();
  }

  @Test
  void twoThatOfferItSpeakNothingElse() {
    Node alice = street.moveIn(ALICE, OFFER);
    Node bob = street.moveIn(BOB, OFFER);
    street.pass(Duration.ofSeconds(30));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
    assertThat(street.heard).allMatch(LinkMessage.Hello.class::isInstance);
    assertThat(aside("scrooge2_tunnel")).hasSize(1);
    assertThat(aside("scrooge2_tunnel_confirm")).hasSize(1);
    assertThat(alice.hood.drops()).isEmpty();
    assertThat(bob.hood.drops()).isEmpty();
  }

  @Test
  void whoDoesNotSpeakItIsNotHarmed() {
    Node alice = street.moveIn(ALICE, OFFER);
    Node bob = street.moveIn(BOB, OFF);
    Node carol = street.moveIn(CAROL, OFFER);
    street.pass(Duration.ofSeconds(5));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
    assertThat(alice.forwardsFor(carol) && carol.forwardsFor(alice)).isTrue();
    assertThat(bob.hood.drops()).isEmpty();
    assertThat(alice.knows(bob).orElseThrow().nonce()).isEmpty();
    assertThat(alice.knows(carol).orElseThrow().nonce()).isPresent();
  }

  @Test
  void requiringItLeavesOthersAlone() {
    Node alice = street.moveIn(ALICE, REQUIRE);
    Node bob = street.moveIn(BOB, OFF);
    Node carol = street.moveIn(CAROL, REQUIRE);
    street.pass(Duration.ofSeconds(20));
    assertThat(alice.knows(bob)).isEmpty();
    assertThat(alice.forwardsFor(carol) && carol.forwardsFor(alice)).isTrue();
    assertThat(alice.hood.drops().get(Drop.DOWNGRADE)).isPositive();
    assertThat(street.heard).allMatch(message -> message.sender().equals(bob.identity.nodeId()));
  }

  @Test
  @DisplayName("W11: what answered an earlier run of ours answers nothing now")
  void aReplayToARestartedNodeLeadsNowhere() {
    Node alice = street.moveIn(ALICE, REQUIRE);
    Node bob = street.moveIn(BOB, REQUIRE);
    List<Bytes> recorded = List.copyOf(street.aside);
    assertThat(bob.forwardsFor(alice)).isTrue();
    alice.leave();
    bob.leave();
    Node again = street.moveIn(BOB, REQUIRE); // Alice is not there; Mallory replays all she said.
    for (Bytes each : recorded) {
      replay(each, again, ALICE);
    }
    street.pass(Duration.ofSeconds(2));
    assertThat(again.knows(alice).orElseThrow().state()).isEqualTo(NeighborState.SEEN);
    assertThat(again.effects).isEmpty();
    assertThat(again.hood.drops().get(Drop.MISDIRECTED)).isPositive();
  }

  @Test
  @DisplayName("W12: a request to one neighbour is none to another, nor to him on another link")
  void aRequestIsForOneNodeOnOneLink() {
    Node alice = street.moveIn(ALICE, REQUIRE);
    Node bob = street.moveIn(BOB, REQUIRE);
    Node carol = street.moveIn(CAROL, REQUIRE);
    carol.effects.clear();
    Bytes request = aside("scrooge2_tunnel").get(0);
    long before = carol.hood.drops().getOrDefault(Drop.MISDIRECTED, 0L);
    replay(request, carol, ALICE);
    assertThat(carol.hood.drops().get(Drop.MISDIRECTED)).isEqualTo(before + 1);
    assertThat(carol.effects).isEmpty();
    bob.hood.linkUp("eth1", bob.control);
    bob.effects.clear();
    before = bob.hood.drops().getOrDefault(Drop.MISDIRECTED, 0L);
    bob.hood.receivedAside(request, alice.source, "eth1");
    assertThat(bob.hood.drops().get(Drop.MISDIRECTED)).isEqualTo(before + 1);
    assertThat(bob.effects).isEmpty();
  }

  @Test
  void whoSpokeItOnceIsNotBelievedWithout() {
    Node alice = street.moveIn(ALICE, OFFER);
    Node bob = street.moveIn(BOB, OFFER);
    alice.effects.clear();
    LinkMessage.Tunnel plain =
        new LinkMessage.Tunnel(
            bob.identity.nodeId(),
            Bytes.of(new byte[31]).plus(Bytes.of((byte) 9)),
            bob.control,
            1L << 62);
    alice.receive(plain, bob.source);
    assertThat(alice.effects).isEmpty();
    assertThat(alice.hood.drops()).containsEntry(Drop.DOWNGRADE, 1L);
    alice.hood.forget(bob.identity.nodeId());
    bob.leave();
    Node plainBob = street.moveIn(BOB, OFF);
    street.pass(Duration.ofSeconds(20));
    assertThat(alice.forwardsFor(plainBob) && plainBob.forwardsFor(alice)).isTrue();
  }

  @Test
  void offHearsNothingAside() {
    Node alice = street.moveIn(ALICE, OFF);
    Node bob = street.moveIn(BOB, REQUIRE);
    street.pass(Duration.ofSeconds(5));
    assertThat(alice.hood.snapshot()).isEmpty();
    assertThat(bob.hood.snapshot()).isEmpty();
    assertThat(street.aside).allMatch(each -> each.utf8().startsWith("scrooge2_hello "));
  }

  @Test
  void aRestartIsHeardAtOnce() {
    Node alice = street.moveIn(ALICE, REQUIRE);
    Node bob = street.moveIn(BOB, REQUIRE);
    bob.leave();
    street.pass(Duration.ofSeconds(2));
    Node again = street.moveIn(BOB, REQUIRE);
    street.pass(Duration.ofSeconds(3));
    assertThat(alice.forwardsFor(again) && again.forwardsFor(alice)).isTrue();
    assertThat(LinkCodec.BOUND_TYPES).hasSize(4);
  }
}
