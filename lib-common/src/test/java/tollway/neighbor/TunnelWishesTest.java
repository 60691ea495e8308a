// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tollway.neighbor.Street.Node;
import tollway.wire.LinkMessage;

/** What operators want of single tunnels. */
final class TunnelWishesTest {
  private static final int ALICE = 0;
  private static final int BOB = 1;

  private final Street street = new Street();
  private final Node alice = street.moveIn(ALICE);
  private final Node bob = street.moveIn(BOB);

  private void settle() {
    street.pass(Duration.ofSeconds(3));
    assertThat(alice.forwardsFor(bob) && bob.forwardsFor(alice)).isTrue();
  }

  @Test
  void aRefreshMakesTheTunnelAnewAtBothEnds() {
    settle();
    alice.effects.clear();
    bob.effects.clear();
    assertThat(bob.hood.refresh(bob.as(alice))).isEqualTo(Renewal.BEGUN);
    settle();
    assertThat(bob.effects.get(0)).isEqualTo(new NeighborEffect.Build(2));
    assertThat(bob.effects.get(1)).isEqualTo(new NeighborEffect.Forward(false));
    assertThat(alice.effects).contains(new NeighborEffect.Build(2));
    assertThat(alice.effects).doesNotContain(new NeighborEffect.Remove());
  }

  @Test
  void refreshesAtBothEndsAtOnceMakeOneTunnel() {
    settle();
    assertThat(alice.hood.refresh(alice.as(bob))).isEqualTo(Renewal.BEGUN);
    assertThat(bob.hood.refresh(bob.as(alice))).isEqualTo(Renewal.BEGUN);
    settle();
    assertThat(alice.knows(bob).orElseThrow().generation()).isLessThanOrEqualTo(3);
  }

  @Test
  void aClosedTunnelEndsAndNobodyOpensIt() {
    settle();
    alice.hood.close(alice.as(bob), Optional.empty());
    assertThat(alice.effects.get(alice.effects.size() - 1)).isEqualTo(new NeighborEffect.Remove());
    long asked = street.count(LinkMessage.Tunnel.class);
    bob.hood.refresh(bob.as(alice));
    street.pass(Duration.ofMinutes(10));
    assertThat(street.count(LinkMessage.Tunnel.class)).isGreaterThan(asked);
    assertThat(alice.knows(bob).orElseThrow().state()).isEqualTo(NeighborState.CONFIRMED);
    assertThat(alice.hood.drops().get(Drop.TUNNEL_CLOSED)).isPositive();
    assertThat(alice.hood.refresh(alice.as(bob))).isEqualTo(Renewal.CLOSED);
  }

  @Test
  void itStaysClosedThoughTheNeighborWasAway() {
    settle();
    alice.hood.close(alice.as(bob), Optional.empty());
    bob.leave();
    street.pass(Duration.ofMinutes(5));
    assertThat(alice.knows(bob)).isEmpty();
    Node again = street.moveIn(BOB);
    street.pass(Duration.ofMinutes(2));
    assertThat(alice.knows(again).orElseThrow().state()).isEqualTo(NeighborState.CONFIRMED);
    assertThat(alice.hood.open(alice.as(again))).isEqualTo(Renewal.BEGUN);
    street.pass(Duration.ofMinutes(2));
    assertThat(alice.forwardsFor(again)).isTrue();
  }

  @Test
  void itOpensByItselfWhenThePeriodIsOver() {
    settle();
    alice.hood.close(alice.as(bob), Optional.of(Duration.ofMinutes(3)));
    street.pass(Duration.ofSeconds(170));
    assertThat(alice.forwardsFor(bob)).isFalse();
    street.pass(Duration.ofSeconds(12));
    assertThat(alice.forwardsFor(bob)).isTrue();
    assertThat(alice.hood.closed()).isEmpty();
  }

  @Test
  void whatCannotBeIsSaid() {
    settle();
    assertThat(alice.hood.open(alice.as(bob))).isEqualTo(Renewal.THERE);
    NeighborId stranger = new NeighborId(Street.identity(5).nodeId(), Street.LINK);
    assertThat(alice.hood.refresh(stranger)).isEqualTo(Renewal.UNKNOWN);
  }

  @Test
  void ratherTheOldTunnelThanNone() {
    settle();
    int begun = 0;
    while (alice.hood.refresh(alice.as(bob)) == Renewal.BEGUN) {
      begun++;
    }
    assertThat(begun).isBetween(10, 40);
    assertThat(alice.hood.refresh(alice.as(bob))).isEqualTo(Renewal.BUSY);
    settle();
  }
}
