// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge.lab;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.security.SecureRandom;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;
import tollway.wire.Endpoint;
import tollway.wire.LinkMessage;

class HostileNeighborTest {
  private static final NodeId ALICE = Identity.generate(new SecureRandom()).nodeId();

  @Test
  void forgesTunnelKeysThatAMessageMayHold() {
    byte[] address = new byte[16];
    address[0] = (byte) 0xfe;
    address[1] = (byte) 0x80;
    Endpoint here = new Endpoint(Bytes.of(address), "eth0", 4000);
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      Bytes key = HostileNeighbor.tunnelKey(random);
      assertThatCode(() -> new LinkMessage.Tunnel(ALICE, key, here, 1)).doesNotThrowAnyException();
    }
  }
}
