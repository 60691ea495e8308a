// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tollway.lab.Netns;

/** What we write is understood by the real {@code nft}, and what it prints by us. */
final class FirewallIT {
  @Test
  void theTableIsReplacedAndReadBackAndOthersStay() throws Exception {
    Netns.require("ip", "nft");
    try (Netns netns = Netns.create()) {
      nft(netns, "table inet other {\n counter c {}\n}\n");
      nft(netns, new Ruleset(Set.of("twalice")).text());
      nft(netns, new Ruleset(Set.of("twalice", "twbob")).text());
      assertThat(authed(netns)).contains(Set.of("twalice", "twbob"));
      nft(netns, new Ruleset(Set.of("twcarol")).update());
      assertThat(authed(netns)).contains(Set.of("twcarol"));
      nft(netns, new Ruleset(Set.of()).update());
      assertThat(authed(netns)).contains(Set.of());
      assertThat(netns.run("nft", "list", "table", "inet", "other")).contains("counter c");
    }
  }

  private static void nft(Netns netns, String rules) throws IOException {
    var loaded = netns.attempt(rules, "nft", "-f", "-");
    assertThat(loaded.exitCode()).as(loaded.stderr()).isZero();
  }

  private static Optional<Set<String>> authed(Netns netns) throws IOException {
    String printed = netns.run("nft", "--json", "list", "table", "inet", "tollway");
    return NftJson.standing(JsonParser.parseString(printed).getAsJsonObject())
        .map(Firewall.Standing::authed);
  }
}
