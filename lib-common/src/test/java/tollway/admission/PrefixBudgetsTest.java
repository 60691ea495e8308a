// SPDX-License-Identifier: Apache-2.0
package tollway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import tollway.bytes.ByteWriter;
import tollway.bytes.Bytes;

final class PrefixBudgetsTest {
  private long now = 1_000_000_000L;
  private final PrefixBudgets budgets = new PrefixBudgets(() -> now);

  private static Bytes address(String text) throws UnknownHostException {
    return Bytes.of(InetAddress.getByName(text).getAddress());
  }

  private int taken(String text, int times) throws UnknownHostException {
    int taken = 0;
    for (int i = 0; i < times; i++) {
      taken += budgets.take(address(text)) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void aNetworkHasABurstAndThenTwentyASecond() throws Exception {
    assertThat(taken("192.0.2.1", 9)).isEqualTo(5);
    assertThat(taken("192.0.2.254", 9)).isZero();
    assertThat(taken("192.0.3.1", 9)).isEqualTo(5);
    now += 100_000_000;
    assertThat(taken("192.0.2.77", 9)).isEqualTo(2);
  }

  @Test
  void whoHasANetworkOfSixHasNoMoreByTakingManyAddresses() throws Exception {
    assertThat(taken("2001:db8::1", 9)).isEqualTo(5);
    assertThat(taken("2001:db8::ffff:1", 9)).isZero();
    // A whole site has four times as much, however many networks are in it.
    int site = 0;
    for (int i = 1; i < 1000; i++) {
      site += taken("2001:db8:0:" + Integer.toHexString(i) + "::1", 5);
    }
    assertThat(site).isEqualTo(15);
    assertThat(taken("2001:db8:1::1", 9)).isEqualTo(5);
  }

  @Test
  void whoCheatedStaysAwayForAMinute() throws Exception {
    budgets.punish(address("192.0.2.1"));
    assertThat(taken("192.0.2.9", 1)).isZero();
    assertThat(taken("192.0.3.9", 1)).isEqualTo(1);
    now += 59_000_000_000L;
    assertThat(taken("192.0.2.9", 1)).isZero();
    now += 1_000_000_000L;
    assertThat(taken("192.0.2.9", 1)).isEqualTo(1);
  }

  @Test
  void whatIsRememberedIsBoundedAndADebtIsNotFloodedAway() throws Exception {
    budgets.punish(address("192.0.2.1"));
    for (int i = 0; i < 100_000; i++) {
      budgets.take(new ByteWriter().u32(0x0a000000L + ((long) i << 8)).toBytes());
    }
    assertThat(budgets.size()).isEqualTo(16_384);
    assertThat(taken("192.0.2.9", 1)).isZero();
  }
}
