// SPDX-License-Identifier: Apache-2.0
package tollway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TunnelPortsTest {
  @Test
  void skipsPortsThatSomebodyListensOn() throws Exception {
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      TunnelPorts only = new TunnelPorts(port, port);
      assertThatIOException()
          .isThrownBy(() -> only.free(Set.of()))
          .withMessageContaining(Integer.toString(port));
    }
  }

  @Test
  void skipsPortsThatAreSpokenFor() throws Exception {
    TunnelPorts ports = new TunnelPorts(20_000, 60_000);
    int first = ports.free(Set.of());
    assertThat(ports.free(Set.of(first))).isGreaterThan(first);
  }

  @Test
  void refusesWhatIsNoRange() {
    assertThatIllegalArgumentException().isThrownBy(() -> new TunnelPorts(0, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> new TunnelPorts(6, 5));
    assertThatIllegalArgumentException().isThrownBy(() -> new TunnelPorts(5, 70_000));
  }
}
