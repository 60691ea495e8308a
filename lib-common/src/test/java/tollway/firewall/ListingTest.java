// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.firewall.RulesetTest.golden;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code listed.txt} is what nft 1.0.6 prints of {@link RulesetTest#STRICT}. */
final class ListingTest {
  @Test
  void findsNothingWrongWithWhatWeLoaded() throws Exception {
    assertThat(deviations(golden("listed.txt"))).isEmpty();
  }

  @Test
  void readsElementsAndCounters() throws Exception {
    Listing listing = Listing.parse(golden("listed.txt"));
    assertThat(listing.elements("table inet tollway set authed"))
        .isEqualTo(Set.of("twalice", "twalice2", "twcarol"));
    assertThat(listing.elements("table inet tollway map classes"))
        .isEqualTo(Set.of("twcarol : 1:1a"));
    assertThat(listing.counter("table inet tollway counter in_twcarol"))
        .contains(new Listing.Counter(RulesetTest.CAROL, "12", 7, 588));
  }

  @Test
  void namesEachDeviation() throws Exception {
    assertThat(deviation("policy drop", "policy accept"))
        .containsExactly(
            "table inet tollway chain forward lacks:"
                + " type filter hook forward priority filter; policy drop;",
            "table inet tollway chain forward also says:"
                + " type filter hook forward priority filter; policy accept;");
    assertThat(deviation("\t\tjump reverse[^\n]*\n", ""))
        .containsExactly("table inet tollway chain between lacks: jump reverse");
    assertThat(deviation("elements = \\{ \"twalice\",", "elements = { \"twmallory\","))
        .containsExactly(
            "table inet tollway set authed lacks twalice",
            "table inet tollway set authed also holds twmallory");
    assertThat(deviation("chain reverse", "chain other"))
        .containsExactly(
            "there is no table inet tollway chain reverse",
            "there is also table inet tollway chain other");
    assertThat(deviation("(?s)table bridge.*", ""))
        .containsExactly("there is no table bridge tollway");
    assertThat(deviations("")).hasSize(2);
  }

  @Test
  void noticesAnotherOrderAndARepetition() throws Exception {
    assertThat(deviation("(\t\tjump[^\n]*\n)(\t\tmeta priority[^\n]*\n)", "$2$1"))
        .containsExactly(
            "table inet tollway chain between has its rules in another order, or twice");
    assertThat(deviation("(\t\tjump[^\n]*\n)", "$1$1")).hasSize(1);
  }

  @Test
  void doesNotMindACounterThatIsLeft() throws Exception {
    assertThat(deviation("\tset authed", "\tcounter in_twgone {\n\t}\n\tset authed")).isEmpty();
  }

  @Test
  void tellsWithoutADaemonWhetherTheRestFitsTheSets() throws Exception {
    String listed = golden("listed.txt");
    assertThat(unaided(listed)).isEmpty();
    assertThat(unaided(listed.replace("jump reverse", "counter")))
        .contains("table inet tollway chain between lacks: jump reverse");
  }

  @Test
  void survivesNoise() throws Exception {
    Random random = new Random(3);
    String listed = golden("listed.txt");
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder(listed);
      for (int edits = random.nextInt(40); edits >= 0; edits--) {
        int at = random.nextInt(text.length());
        text.setCharAt(at, "{}\n\" ,#;:x1".charAt(random.nextInt(11)));
      }
      assertThat(unaided(text.toString())).isNotNull();
    }
  }

  private static List<String> deviation(String regex, String replacement) throws Exception {
    return deviations(golden("listed.txt").replaceFirst(regex, replacement));
  }

  private static List<String> deviations(String listed) {
    return Listing.parse(listed).deviations(Listing.parse(RulesetTest.STRICT.text("")));
  }

  private static List<String> unaided(String listed) {
    Listing listing = Listing.parse(listed);
    return listing.deviations(Listing.parse(Reconstruction.of(listing).text("")));
  }
}
