// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NatMappingTest {
  private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.2", 5000);
  private final Map<InetSocketAddress, InetSocketAddress> answers = new HashMap<>();

  private void told(String server, int serverPort, String address, int port) {
    answers.put(new InetSocketAddress(server, serverPort), new InetSocketAddress(address, port));
  }

  private NatMapping mapping() {
    return NatMapping.of(LOCAL, answers);
  }

  @Test
  void oneLiarAmongThreeIsFoundOut() {
    told("192.0.2.1", 3478, "198.51.100.7", 6000);
    told("192.0.2.2", 3478, "198.51.100.7", 6000);
    assertThat(mapping()).isEqualTo(NatMapping.ENDPOINT_INDEPENDENT);
    told("192.0.2.3", 3478, "203.0.113.66", 6666);
    assertThat(mapping()).isEqualTo(NatMapping.ENDPOINT_INDEPENDENT);
    assertThat(NatMapping.odd(answers)).containsExactly(new InetSocketAddress("192.0.2.3", 3478));
  }

  @Test
  void aNatThatShowsItselfToEachOtherwiseIsNotTakenForLies() {
    for (int i = 1; i <= 5; i++) {
      told("192.0.2." + i, 3478, "198.51.100.7", 6000 + i);
    }
    assertThat(mapping()).isEqualTo(NatMapping.ENDPOINT_DEPENDENT);
    assertThat(NatMapping.odd(answers)).isEmpty();
  }

  @Test
  void portsOfOneHostAreOneVoice() {
    // By address only: the two ports agree, and say nothing against the other host.
    told("192.0.2.1", 3478, "198.51.100.7", 6000);
    told("192.0.2.1", 3479, "198.51.100.7", 6000);
    told("192.0.2.2", 3478, "198.51.100.7", 6001);
    assertThat(mapping()).isEqualTo(NatMapping.ENDPOINT_DEPENDENT);
    assertThat(NatMapping.odd(answers)).isEmpty();
  }

  @Test
  void twoWhoDifferAreNotJudged() {
    told("192.0.2.1", 3478, "198.51.100.7", 6000);
    told("192.0.2.2", 3478, "203.0.113.66", 6666);
    assertThat(NatMapping.odd(answers)).isEmpty();
    assertThat(mapping()).isEqualTo(NatMapping.ENDPOINT_DEPENDENT);
    answers.clear();
    assertThat(mapping()).isEqualTo(NatMapping.UNKNOWN);
    told("192.0.2.1", 3478, "10.0.0.2", 5000);
    assertThat(mapping()).isEqualTo(NatMapping.NONE);
  }
}
