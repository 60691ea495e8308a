// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.neighbor.NeighborId;

final class TunnelAliasTest {
  private static final NodeId ALICE = node(1);
  private static final NodeId BOB = node(2);

  private static NodeId node(int number) {
    return Identity.ofSeed(Bytes.of(new byte[31]).plus(Bytes.of((byte) number))).nodeId();
  }

  @Test
  void saysWhoseTunnelItIs() {
    NeighborId bob = new NeighborId(BOB, "eth0.7:1");
    String alias = TunnelAlias.of(ALICE, bob);
    assertThat(alias).isEqualTo("tollway:" + ALICE + ":" + BOB + ":eth0.7:1");
    assertThat(TunnelAlias.parse(ALICE, alias)).contains(bob);
    assertThat(alias.length()).isLessThan(200);
  }

  @Test
  void othersAreNotOurs() {
    String alias = TunnelAlias.of(BOB, new NeighborId(ALICE, "eth0"));
    assertThat(TunnelAlias.parse(ALICE, alias)).isEmpty();
    for (String odd :
        List.of("", "uplink", "tollway:", TunnelAlias.prefix(ALICE), alias.replace(":eth0", ":"))) {
      assertThat(TunnelAlias.parse(ALICE, odd)).isEmpty();
      assertThat(TunnelAlias.parse(BOB, odd)).isEmpty();
    }
    assertThat(TunnelAlias.parse(ALICE, TunnelAlias.prefix(ALICE) + "AAAA:eth0")).isEmpty();
  }
}
