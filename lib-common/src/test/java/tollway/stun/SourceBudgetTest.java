// SPDX-License-Identifier: Apache-2.0
package tollway.stun;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SourceBudgetTest {
  private static final long SECOND = 1_000_000_000L;
  private final SourceBudget budget = new SourceBudget(10, 5, 42, 0);

  @Test
  void givesEachSourceItsBurstAndThenItsRate() throws UnknownHostException {
    InetAddress alice = InetAddress.getByName("192.0.2.1");
    InetAddress bob = InetAddress.getByName("192.0.2.2");

    assertThat(admitted(alice, 100, 0)).isEqualTo(10);
    assertThat(admitted(bob, 100, 0)).isEqualTo(10);
    assertThat(admitted(alice, 100, SECOND)).isEqualTo(5);
    assertThat(admitted(alice, 100, 100 * SECOND)).isEqualTo(10);
  }

  @Test
  void countsAnIpv6PrefixAsOneSource() throws UnknownHostException {
    assertThat(admitted(InetAddress.getByName("2001:db8::1"), 100, 0)).isEqualTo(10);
    assertThat(admitted(InetAddress.getByName("2001:db8::2:3"), 100, 0)).isZero();
    assertThat(admitted(InetAddress.getByName("2001:db8:0:1::1"), 100, 0)).isEqualTo(10);
  }

  @Test
  void spreadsSourcesOverItsTable() throws UnknownHostException {
    Random random = new Random(1);
    int starved = 0;
    for (int i = 0; i < 1000; i++) {
      byte[] address = {10, 0, (byte) random.nextInt(), (byte) random.nextInt()};
      starved += budget.admits(InetAddress.getByAddress(address), 0) ? 0 : 1;
    }
    assertThat(starved).isLessThan(10);
  }

  @Test
  void survivesAClockThatStandsOrSteps() throws UnknownHostException {
    InetAddress alice = InetAddress.getByName("192.0.2.1");
    assertThat(admitted(alice, 100, SECOND)).isEqualTo(10);
    assertThat(admitted(alice, 100, 0)).isZero();
  }

  private int admitted(InetAddress source, int tries, long nanoTime) {
    int admitted = 0;
    for (int i = 0; i < tries; i++) {
      admitted += budget.admits(source, nanoTime) ? 1 : 0;
    }
    return admitted;
  }
}
