// SPDX-License-Identifier: Apache-2.0
package tollway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;

final class NodeIdTest {
  private static final int PLACES = 4096;

  @Test
  void everyKeyIsTakenForItselfHoweverManyCome() throws Exception {
    List<NodeId> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(Identity.generate(new SecureRandom()).nodeId());
    }
    for (int round = 0; round < 2; round++) {
      for (NodeId each : all) {
        assertThat(NodeId.of(each.key())).isEqualTo(each);
      }
    }
  }

  @Test
  void whatIsNoKeyIsRefusedAgainAndAgainAlsoInThePlaceOfOneThatIs() throws Exception {
    NodeId good = Identity.generate(new SecureRandom()).nodeId();
    Random random = new Random(1);
    int refused = 0;
    while (refused < 3) {
      Bytes other = Bytes.random(random, NodeId.SIZE);
      boolean samePlace = (other.hashCode() - good.key().hashCode()) % PLACES == 0;
      if (samePlace && !Ed25519.validatePublicKeyFull(other.toArray(), 0)) {
        assertThat(NodeId.of(good.key())).isEqualTo(good);
        for (int i = 0; i < 2; i++) {
          assertThatExceptionOfType(MalformedBytesException.class)
              .isThrownBy(() -> NodeId.of(other));
        }
        assertThat(NodeId.of(good.key())).isEqualTo(good);
        refused++;
      }
    }
  }

  @Test
  void smallOrderIsRefused() {
    for (Bytes key : List.of(Bytes.of(new byte[32]), Bytes.of((byte) 1).plus(zeros(31)))) {
      assertThatExceptionOfType(MalformedBytesException.class).isThrownBy(() -> NodeId.of(key));
    }
  }

  private static Bytes zeros(int count) {
    return Bytes.of(new byte[count]);
  }
}
