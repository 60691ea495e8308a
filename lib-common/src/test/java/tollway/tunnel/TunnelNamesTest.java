// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

final class TunnelNamesTest {
  private static final Bytes ALICE = Bytes.ofUtf8("alice's key of thirty-two bytes!");
  private static final Bytes BOB = Bytes.ofUtf8("bob's key, also thirty-two bytes");

  /** Frozen: a change would make a new version lose the interfaces of the old one. */
  @Test
  void namesAreWhatTheyWere() {
    assertThat(TunnelNames.interfaceName(ALICE, BOB, "eth0")).isEqualTo("twbonffxvvpf5ns");
    assertThat(TunnelNames.linkLocal(ALICE).getHostAddress())
        .isEqualTo("fe80:0:0:0:5204:9894:43f3:9bc6");
  }

  @Test
  void namesDifferByEndAndLink() {
    assertThat(
            Set.of(
                TunnelNames.interfaceName(ALICE, BOB, "eth0"),
                TunnelNames.interfaceName(BOB, ALICE, "eth0"),
                TunnelNames.interfaceName(ALICE, BOB, "eth1"),
                TunnelNames.interfaceName(ALICE, ALICE, "eth0")))
        .hasSize(4)
        .allMatch(name -> name.matches("tw[a-z2-7]{13}"));
  }

  @Test
  void addressesAreLinkLocal() {
    assertThat(TunnelNames.linkLocal(BOB).isLinkLocalAddress()).isTrue();
    assertThat(TunnelNames.linkLocal(BOB)).isNotEqualTo(TunnelNames.linkLocal(ALICE));
  }
}
