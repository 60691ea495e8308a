// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.crawl.Ipv4Block;
import tollway.crawl.SpecialPurpose;

/** What an egress does not dial and what a crawl does not probe is the same space. */
final class SpecialPurposeTest {
  @Test
  void theTwoTablesAgree() throws Exception {
    Random random = new Random(6890);
    for (int i = 0; i < 200_000; i++) {
      byte[] raw = new byte[4];
      random.nextBytes(raw);
      if (i % 2 == 0) {
        // The special blocks that begin like this are short.
        raw[0] = (byte) new int[] {192, 198, 203, 100, 168, 169, 172, 10}[random.nextInt(8)];
        raw[1] = (byte) new int[] {0, 18, 51, 64, 88, 63, 254, 168}[random.nextInt(8)];
        raw[2] = (byte) new int[] {0, 2, 99, 100, 113, 129}[random.nextInt(6)];
        raw[3] = (byte) (random.nextBoolean() ? 16 : random.nextInt());
      }
      Ipv4Block one = Ipv4Block.of(InetAddress.getByAddress(raw).getHostAddress());
      assertThat(SpecialPurpose.objection(one, false).isEmpty())
          .as("%s", one)
          .isEqualTo(DialPolicy.isGlobal(raw));
    }
  }
}
