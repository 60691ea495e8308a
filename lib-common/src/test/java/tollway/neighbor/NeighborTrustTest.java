// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.neighbor.Street.Node;
import tollway.trust.Standing;
import tollway.trust.TrustMode;
import tollway.trust.TrustPolicy;
import tollway.trust.TrustRule;
import tollway.wire.Endpoint;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;

final class NeighborTrustTest {
  private static final int ALICE = 0;
  private static final int BOB = 1;
  private static final int CAROL = 2;
  private static final int MALLORY = 7;

  private final Street street = new Street();

  private static TrustRule rule(Node node, Standing standing) {
    return new TrustRule(node.identity.nodeId(), "", standing);
  }

  private static TrustPolicy policy(TrustMode mode, TrustRule... rules) {
    return TrustPolicy.of(mode, Arrays.asList(rules));
  }

  @Test
  @DisplayName("P10: blocking a neighbour ends its tunnel at once and silences us towards it")
  void blockingEndsATunnelAtOnce() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.effects.clear();
    alice.hood.trust(policy(TrustMode.OPEN, rule(bob, Standing.BLOCKED)));
    assertThat(alice.effects)
        .containsExactly(new NeighborEffect.Forward(false), new NeighborEffect.Remove());
    street.heard.clear();
    street.pass(Duration.ofSeconds(30));
    assertThat(alice.hood.snapshot()).isEmpty();
    assertThat(street.heard)
        .noneMatch(
            message ->
                message.sender().equals(alice.identity.nodeId())
                    && !(message instanceof LinkMessage.Hello));
    alice.hood.trust(TrustPolicy.OPEN);
    street.pass(Duration.ofSeconds(200));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
  }

  @Test
  @DisplayName("P10: a blocked key costs no signature check")
  void aBlockedKeyIsDroppedBeforeItsSignature() {
    Node alice = street.moveIn(ALICE);
    Node mallory = street.new Node(MALLORY, NeighborhoodConfig.DEFAULT);
    alice.hood.trust(policy(TrustMode.OPEN, rule(mallory, Standing.BLOCKED)));
    String text =
        LinkCodec.format(
            new LinkMessage.Hello(
                mallory.identity.nodeId(), Endpoint.of(Street.source(MALLORY)), 5));
    Bytes forged = Bytes.ofUtf8(text + " " + Bytes.of(new byte[64]).base64());
    alice.hood.received(forged, Street.source(MALLORY), Street.LINK);
    assertThat(alice.hood.drops()).containsEntry(Drop.BLOCKED, 1L).doesNotContainKey(Drop.FORGED);
  }

  @Test
  @DisplayName("P10: where only pinned keys get tunnels others are seen, and that is all")
  void inPinnedModeOthersAreOnlySeen() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.new Node(BOB, NeighborhoodConfig.DEFAULT);
    Node carol = street.new Node(CAROL, NeighborhoodConfig.DEFAULT);
    alice.hood.trust(policy(TrustMode.PINNED, rule(bob, Standing.PINNED)));
    for (Node each : new Node[] {bob, carol}) {
      street.nodes.add(each);
      each.hood.linkUp(Street.LINK, each.control);
    }
    street.pass(Duration.ofSeconds(30));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
    assertThat(alice.knows(carol).orElseThrow().state()).isEqualTo(NeighborState.CONFIRMED);
    assertThat(alice.tunnels).containsOnlyKeys(alice.as(bob));
    alice.hood.trust(
        policy(TrustMode.PINNED, rule(bob, Standing.PINNED), rule(carol, Standing.ALLOWED)));
    street.pass(Duration.ofMinutes(2));
    assertThat(alice.forwardsFor(carol) && carol.forwardsFor(alice)).isTrue();
    alice.hood.trust(policy(TrustMode.PINNED, rule(carol, Standing.ALLOWED)));
    assertThat(alice.forwardsFor(bob)).as("unpinned").isFalse();
    assertThat(alice.tunnels).containsOnlyKeys(alice.as(carol));
  }

  @Test
  @DisplayName("P10: a key pinned to a link gets no tunnel on another")
  void aPinMayNameALink() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.new Node(BOB, NeighborhoodConfig.DEFAULT);
    alice.hood.trust(
        policy(TrustMode.OPEN, new TrustRule(bob.identity.nodeId(), "wlan0", Standing.PINNED)));
    street.nodes.add(bob);
    bob.hood.linkUp(Street.LINK, bob.control);
    street.pass(Duration.ofSeconds(30));
    assertThat(alice.knows(bob).orElseThrow().state()).isEqualTo(NeighborState.CONFIRMED);
    assertThat(alice.effects).isEmpty();
  }

  @Test
  @DisplayName("P10: off says nothing and hears nobody")
  void offIsSilence() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.moveIn(BOB);
    alice.hood.trust(policy(TrustMode.OFF));
    assertThat(alice.hood.snapshot()).isEmpty();
    street.heard.clear();
    street.pass(Duration.ofSeconds(60));
    assertThat(street.heard).noneMatch(message -> message.sender().equals(alice.identity.nodeId()));
    assertThat(alice.hood.drops().get(Drop.CLOSED)).isPositive();
    assertThat(bob.hood.snapshot()).isNotEmpty();
  }

  @Test
  @DisplayName("P4: whom the operator pinned gets a tunnel, and if another's must end for it")
  void othersMakeWayForThePinned() {
    Node alice =
        street.moveIn(
            ALICE, new NeighborhoodConfig(16, 16, 1, Duration.ofSeconds(5), Scrooge2.OFF));
    Node bob = street.moveIn(BOB);
    assertThat(alice.forwardsFor(bob)).isTrue();
    Node carol = street.new Node(CAROL, NeighborhoodConfig.DEFAULT);
    alice.hood.trust(policy(TrustMode.OPEN, rule(carol, Standing.PINNED)));
    street.nodes.add(carol);
    carol.hood.linkUp(Street.LINK, carol.control);
    street.pass(Duration.ofSeconds(5));
    assertThat(alice.forwardsFor(carol) && carol.forwardsFor(alice)).isTrue();
    assertThat(alice.forwardsFor(bob)).isFalse();
    assertThat(alice.tunnels).containsOnlyKeys(alice.as(carol));
  }

  @Test
  @DisplayName("W14: whoever used up its sequence numbers is heard again once it is forgotten")
  void forgettingUnlocksAKey() {
    Node alice = street.moveIn(ALICE);
    Node bob = street.new Node(BOB, NeighborhoodConfig.DEFAULT);
    alice.receive(
        new LinkMessage.Hello(bob.identity.nodeId(), bob.control, -1), Street.source(BOB));
    alice.receive(new LinkMessage.Hello(bob.identity.nodeId(), bob.control, 7), Street.source(BOB));
    assertThat(alice.hood.drops()).containsEntry(Drop.STALE, 1L);
    alice.hood.forget(bob.identity.nodeId());
    assertThat(alice.hood.snapshot()).isEmpty();
    alice.receive(new LinkMessage.Hello(bob.identity.nodeId(), bob.control, 7), Street.source(BOB));
    assertThat(alice.knows(bob)).isPresent();
  }
}
