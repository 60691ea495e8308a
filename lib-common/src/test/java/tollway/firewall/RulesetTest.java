// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class RulesetTest {
  private static final Ruleset TWO = new Ruleset(Set.of("twcarol", "twalice"));

  @Test
  void writesTheTable() throws Exception {
    assertThat(TWO.text()).isEqualTo(golden("two-tunnels.nft"));
    assertThat(new Ruleset(Set.of()).text()).isEqualTo(golden("no-tunnel.nft"));
  }

  @Test
  void writesOnlyTheSetOfAStandingTable() {
    assertThat(TWO.update())
        .isEqualTo(
            """
            flush set inet tollway authed
            add element inet tollway authed { "twalice", "twcarol" }
            """);
    assertThat(new Ruleset(Set.of()).update()).isEqualTo("flush set inet tollway authed\n");
  }

  @Test
  void refusesNamesThatWouldEndTheString() {
    for (String name : List.of("", "a\"", "a b", "a;", "sixteen-letters-")) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Ruleset(Set.of(name)));
    }
  }

  @Test
  void readsWhatStands() throws Exception {
    assertThat(NftJson.standing(JsonParser.parseString(golden("listed.json")).getAsJsonObject()))
        .contains(
            new Firewall.Standing(
                Set.of("twalice", "twcarol"), new Firewall.Counters(7, 588, 3, 252)));
  }

  @Test
  void noticesThatARuleOrThePolicyIsGone() throws Exception {
    for (String lost : List.of("policy", "rule", "set", "dropped")) {
      String changed = golden("listed.json").replaceFirst(Pattern.quote("\"" + lost), "\"other");
      assertThat(NftJson.standing(JsonParser.parseString(changed).getAsJsonObject()))
          .as(lost)
          .isEmpty();
    }
  }

  private static String golden(String name) throws IOException {
    try (InputStream in = RulesetTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
