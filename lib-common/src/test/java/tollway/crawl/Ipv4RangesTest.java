// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class Ipv4RangesTest {
  @Test
  void readsBlocksAsPeopleWriteThem() {
    assertThat(Ipv4Block.of("198.51.100.0/24")).hasToString("198.51.100.0/24");
    assertThat(Ipv4Block.of("198.51.100.7")).hasToString("198.51.100.7/32");
    assertThat(Ipv4Block.of("0.0.0.0/0").size()).isEqualTo(1L << 32);
    assertThat(new Ipv4Block(1, 2)).hasToString("0.0.0.1-0.0.0.2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "1.2.3",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/-1",
        "1.2.3.4/8/8",
        "::1/128"
      })
  void whatIsNoBlockIsRefused(String text) {
    assertThatThrownBy(() -> Ipv4Block.of(text))
        .hasMessage("'" + text + "' is not an IPv4 address or ADDRESS/BITS");
  }

  @Test
  void bitsBeyondThePrefixAreAMistake() {
    assertThatThrownBy(() -> Ipv4Block.of("198.51.100.7/24"))
        .hasMessageContaining("198.51.100.0/24 is meant?");
  }

  @Test
  void holdsWhatASetOfNumbersWouldHold() {
    Random random = new Random(4);
    for (int round = 0; round < 500; round++) {
      List<Ipv4Block> in = blocks(random);
      List<Ipv4Block> out = blocks(random);
      TreeSet<Long> expected = new TreeSet<>();
      in.forEach(each -> numbers(each).forEach(expected::add));
      out.forEach(each -> numbers(each).forEach(expected::remove));

      Ipv4Ranges ranges = Ipv4Ranges.of(in).without(out);
      assertThat(ranges.size()).isEqualTo(expected.size());
      long index = 0;
      for (long each : expected) {
        assertThat(ranges.address(index++)).isEqualTo(each);
      }
      for (long address = 0; address < 300; address++) {
        assertThat(ranges.contains(address)).isEqualTo(expected.contains(address));
      }
      TreeSet<Long> byPrefix = new TreeSet<>();
      for (Ipv4Block each : ranges.prefixes()) {
        assertThat(each.toString()).contains("/");
        numbers(each).forEach(number -> assertThat(byPrefix.add(number)).isTrue());
      }
      assertThat(byPrefix).isEqualTo(expected);
    }
  }

  @Test
  void theWholeOfTheAddressSpaceFits() {
    Ipv4Ranges all = Ipv4Ranges.of(List.of(Ipv4Block.of("0.0.0.0/0")));
    assertThat(all.address(0xffff_ffffL)).isEqualTo(0xffff_ffffL);
    assertThat(all.prefixes()).containsExactly(Ipv4Block.of("0.0.0.0/0"));
    assertThat(all.without(List.of(Ipv4Block.of("255.255.255.255"))).size())
        .isEqualTo(0xffff_ffffL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.1.0.0/16 | 10.0.0.0/8: private",
        "192.0.0.0/8 | 192.0.0.0/24: protocol assignments",
        "203.0.113.7 | documentation",
        "127.0.0.1 | loopback",
        "100.100.100.200 | carriers",
        "169.254.169.254 | metadata",
      })
  void specialPurposeSpaceIsForLabs(String range, String why) {
    assertThat(SpecialPurpose.objection(Ipv4Block.of(range), false).orElseThrow())
        .contains(range, why, "--allow-private");
    assertThat(SpecialPurpose.objection(Ipv4Block.of(range), true)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0/0", "224.0.0.1", "255.255.255.255", "0.1.2.3", "128.0.0.0/1"})
  void nobodyProbesMulticastOrWhatIsReserved(String range) {
    assertThat(SpecialPurpose.objection(Ipv4Block.of(range), true)).isPresent();
  }

  @Test
  void anOrdinaryRangeIsNobodysPurpose() {
    assertThat(SpecialPurpose.objection(Ipv4Block.of("198.41.0.0/24"), false)).isEmpty();
  }

  private static List<Ipv4Block> blocks(Random random) {
    List<Ipv4Block> blocks = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      long first = random.nextInt(250);
      blocks.add(new Ipv4Block(first, first + random.nextInt(40)));
    }
    return blocks;
  }

  private static List<Long> numbers(Ipv4Block block) {
    List<Long> numbers = new ArrayList<>();
    for (long each = block.first(); each <= block.last(); each++) {
      numbers.add(each);
    }
    return numbers;
  }
}
