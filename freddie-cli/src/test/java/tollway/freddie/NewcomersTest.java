// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NewcomersTest {
  private final Newcomers newcomers = new Newcomers(() -> 0);

  private int admitted(String from) {
    int admitted = 0;
    for (int i = 0; i < 100; i++) {
      admitted += newcomers.admits(new InetSocketAddress(from, 1000 + i)) ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void aNetworkHasABudget() {
    assertThat(admitted("198.51.100.7")).isEqualTo(5);
    assertThat(admitted("198.51.100.8")).isZero();
    assertThat(admitted("198.51.101.8")).isEqualTo(5);
    assertThat(admitted("2001:db8::1")).isEqualTo(5);
    assertThat(admitted("::ffff:198.51.101.9")).isZero();
  }

  @Test
  void whoCheatsKeepsTheNetworkOut() {
    newcomers.punish(new InetSocketAddress("198.51.100.7", 1));
    assertThat(admitted("198.51.100.8")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "fd00::1", "fe80::1"})
  void aFrontHasNone(String front) {
    newcomers.punish(new InetSocketAddress(front, 1));
    assertThat(admitted(front)).isEqualTo(100);
  }
}
