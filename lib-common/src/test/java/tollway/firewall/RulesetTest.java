// SPDX-License-Identifier: Apache-2.0
package tollway.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RulesetTest {
  static final String ALICE = "TBqEJNDl0R4UITc0v1ZWJYZi9QjfOAfvTcV+PWIh0io=";
  static final String CAROL = "a9cyBZRYDqYBMvR6OjWVYrMzfQr+jmyBOrRBsAgDYNA=";
  static final String EPOCH = "00112233445566ff";

  /** Alice has two tunnels, as a neighbour has who is met on two links; Carol has a class. */
  static final Map<String, Passage> TUNNELS =
      Map.of(
          "twcarol", new Passage(CAROL, 0x1a),
          "twalice", new Passage(ALICE, 0),
          "twalice2", new Passage(ALICE, 0));

  static final Ruleset STRICT =
      new Ruleset(TUNNELS, Set.of("eth*", "br0.7"), ReversePath.STRICT, true);

  @Test
  void writesTheTables() throws Exception {
    assertThat(STRICT.text(EPOCH)).isEqualTo(golden("strict.nft"));
    assertThat(Ruleset.closed(ReversePath.STRICT).text(EPOCH)).isEqualTo(golden("no-tunnel.nft"));
  }

  @Test
  void writesLooserReversePaths() throws Exception {
    assertThat(new Ruleset(TUNNELS, Set.of(), ReversePath.LOOSE, false).text(EPOCH))
        .isEqualTo(golden("loose.nft"));
    assertThat(new Ruleset(TUNNELS, Set.of(), ReversePath.OFF, false).text(EPOCH))
        .doesNotContain("fib", "jump reverse", "ct state");
  }

  @Test
  void updatesTablesThatStandAsAWhole() throws Exception {
    assertThat(STRICT.update(EPOCH)).isEqualTo(golden("update.nft")).doesNotContain("delete");
  }

  @Test
  void refusesNamesThatWouldEndTheString() {
    for (String name : List.of("", "a\"", "a b", "a;", "a}", "sixteen-letters-")) {
      Map<String, Passage> tunnels = Map.of(name, new Passage(ALICE, 0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Ruleset(tunnels, Set.of(), ReversePath.STRICT, true));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Ruleset(Map.of(), Set.of(name), ReversePath.STRICT, true));
      assertThatIllegalArgumentException().isThrownBy(() -> new Passage(name + '"', 0));
    }
    for (int minor : List.of(-1, 0x10000)) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Passage(ALICE, minor));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Ruleset(Map.of(), Set.of("*"), ReversePath.STRICT, true));
  }

  static String golden(String name) throws IOException {
    try (InputStream in = RulesetTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
