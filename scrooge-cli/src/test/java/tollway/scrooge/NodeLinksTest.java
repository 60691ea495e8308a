// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;

/** On the loopback interface, whose addresses everybody knows. */
final class NodeLinksTest {
  @Test
  void knowsWhatBelongsToTheSubnetsOfALink() {
    assertThat(NodeLinks.isOnLink("lo", Bytes.of((byte) 127, (byte) 9, (byte) 9, (byte) 9)))
        .isTrue();
    assertThat(NodeLinks.isOnLink("lo", Bytes.of((byte) 128, (byte) 0, (byte) 0, (byte) 1)))
        .isFalse();
    assertThat(NodeLinks.isOnLink("lo", Bytes.of(new byte[16]))).isFalse();
    assertThat(NodeLinks.isOnLink("nosuchif0", Bytes.of((byte) 127, (byte) 0, (byte) 0, (byte) 1)))
        .isFalse();
  }

  @Test
  void leavesRoomForTheTunnelsHeaders() {
    assertThat(NodeLinks.tunnelMtu("nosuchif0")).isEqualTo(1420);
  }
}
