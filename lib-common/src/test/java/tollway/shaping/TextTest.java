// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rates and claims as people and programs write them. */
final class TextTest {
  private static final String ALICE = "TBqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=";
  private static final String BOB = "A" + ALICE.substring(1);

  @Test
  void readsAndWritesRates() {
    assertThat(Rate.parse("20mbit")).contains(Rate.ofMbit(20));
    assertThat(Rate.parse("1.5mbit")).contains(new Rate(1500));
    assertThat(Rate.parse("64000bit")).contains(new Rate(64));
    assertThat(Rate.parse("2.5gbit")).contains(new Rate(2_500_000));
    for (String text : List.of("20mbit", "1.5mbit", "999kbit", "1gbit", "8kbit", "1234kbit")) {
      assertThat(Rate.parse(text).orElseThrow().toString()).isEqualTo(text);
    }
  }

  @Test
  void refusesWhatIsNoRateOrCannotBeOne() {
    for (String text :
        List.of(
            "",
            "20",
            "20Mbit",
            "mbit",
            "-1mbit",
            "0mbit",
            "7kbit",
            "101gbit",
            "999999999gbit",
            "1e3mbit",
            "1mbit ",
            "1mbit; reboot",
            "1.2345mbit",
            "NaN",
            "٣mbit")) {
      assertThat(Rate.parse(text)).as(text).isEmpty();
    }
  }

  @Test
  void readsLinesOfClaims() throws Exception {
    assertThat(
            ClaimText.parse(
                """
                # what they pay

                %s 3 floor=1mbit ceil=10mbit   # Alice
                %s 0.5
                """
                    .formatted(ALICE, BOB)))
        .isEqualTo(
            Map.of(
                ALICE,
                new Claim(3, Optional.of(Rate.ofMbit(1)), Optional.of(Rate.ofMbit(10))),
                BOB,
                Claim.of(0.5)));
    assertThat(ClaimText.parse("")).isEmpty();
  }

  @Test
  void refusesTheWholeListForOneBadLine() {
    for (String bad :
        List.of(
            ALICE,
            "alice 3",
            ALICE + " -1",
            ALICE + " NaN",
            ALICE + " 1e9",
            ALICE + " 1000001",
            ALICE + " 3 floor=much",
            ALICE + " 3 floor=1mbit floor=2mbit",
            ALICE + " 3 floor=2mbit ceil=1mbit",
            ALICE + " 3 4",
            BOB + " 1")) {
      assertThatThrownBy(() -> ClaimText.parse(BOB + " 1\n" + bad + "\n"))
          .isInstanceOf(ClaimText.UnfitException.class)
          .hasMessageStartingWith("line 2 ");
    }
  }

  @Test
  void writesWhatItReads() throws Exception {
    for (String text : List.of("3", "0", "0.5", "1000000", "3 floor=1mbit", "2 ceil=1.5mbit")) {
      assertThat(ClaimText.format(ClaimText.parseClaim(text))).isEqualTo(text);
    }
  }

  @Test
  void noiseIsAListOrRefused() {
    Random random = new Random(2);
    String letters = ALICE + " 0123456789.#=\n\tfloorceilmbit-";
    int read = 0;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? ALICE + " 1" : "");
      int length = random.nextInt(40);
      for (int each = 0; each < length; each++) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        read += ClaimText.parse(text.toString()).size();
      } catch (ClaimText.UnfitException refused) {
        assertThat(refused.getMessage()).startsWith("line ");
      }
    }
    assertThat(read).isPositive();
  }
}
