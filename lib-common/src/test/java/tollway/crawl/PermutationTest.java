// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PermutationTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 254, 256, 257, 1000, 65_536, 100_003})
  void visitsEveryNumberOnce(int size) {
    for (long key = 0; key < 3; key++) {
      Permutation order = new Permutation(size, key * 77);
      BitSet visited = new BitSet(size);
      for (int place = 0; place < size; place++) {
        visited.set((int) order.at(place));
      }
      assertThat(visited.cardinality()).isEqualTo(size);
      assertThat(visited.length()).isEqualTo(size);
    }
  }

  @Test
  void staysInsideTheWholeAddressSpace() {
    long size = 1L << 32;
    Permutation order = new Permutation(size, 5);
    for (long place = size - 1000; place < size; place++) {
      assertThat(order.at(place)).isBetween(0L, size - 1);
    }
    assertThatThrownBy(() -> order.at(size)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void spreadsOverAllNetworksFromTheStart() {
    // 256 networks of 256: of the first 256 visits no network gets more than a handful.
    Permutation order = new Permutation(65_536, 9);
    int[] visits = new int[256];
    int twiceInARow = 0;
    long before = -1;
    for (int place = 0; place < 256; place++) {
      long network = order.at(place) >>> 8;
      visits[(int) network]++;
      twiceInARow += network == before ? 1 : 0;
      before = network;
    }
    for (int each : visits) {
      assertThat(each).isLessThan(8);
    }
    assertThat(twiceInARow).isLessThan(8);
  }

  @Test
  void anotherKeyIsAnotherOrder() {
    Permutation one = new Permutation(10_000, 1);
    Permutation two = new Permutation(10_000, 2);
    int same = 0;
    for (int place = 0; place < 10_000; place++) {
      same += one.at(place) == two.at(place) ? 1 : 0;
    }
    assertThat(same).isLessThan(20);
  }
}
