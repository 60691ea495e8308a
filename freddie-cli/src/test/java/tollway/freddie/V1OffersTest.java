// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class V1OffersTest {
  private static final long HOUR = 3_600_000_000_000L;

  private final AtomicLong now = new AtomicLong();
  private final V1Offers offers = new V1Offers(now::get);

  @Test
  void oneAddressDoesNotLearnWhereAllVolunteersAre() throws Exception {
    assertThat(accepted("192.0.2.1", 2000)).isEqualTo(DonorQuota.PER_SITE);
    now.addAndGet(HOUR);
    assertThat(accepted("192.0.2.1", 2000)).isEqualTo(DonorQuota.PER_SITE);
    assertThat(accepted("192.0.2.2", 1)).as("somebody else").isEqualTo(1);
  }

  @Test
  void manyAddressesOfOneIpv6NetworkAreOne() throws Exception {
    int all = 0;
    for (int i = 1; i <= 1000; i++) {
      all += accepted("2001:db8::" + Integer.toHexString(i), 1);
    }
    assertThat(all).isEqualTo(DonorQuota.PER_SITE);
  }

  @Test
  void aFrontSpeaksForMany() throws Exception {
    assertThat(accepted("127.0.0.1", 2000)).isEqualTo(2000);
  }

  private int accepted(String from, int times) throws UnknownHostException {
    int accepted = 0;
    for (int i = 0; i < times; i++) {
      accepted += offers.take(InetAddress.getByName(from)) ? 1 : 0;
    }
    return accepted;
  }
}
