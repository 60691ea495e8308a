// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.bytes.MalformedBytesException;

final class AccessTokensTest {
  private static final String ONE = "0123456789abcdef";
  private static final String TWO = "fedcba9876543210";

  @Test
  void oneTokenAloneIsAFileToo() throws Exception {
    AccessTokens tokens = AccessTokens.parse(ONE + "\n");
    assertThat(tokens.first()).hasValue(ONE);
    assertThat(tokens.grant("Bearer " + ONE)).map(AccessTokens.Grant::name).hasValue("default");
    assertThat(tokens.grant("Bearer " + TWO)).isEmpty();
    assertThat(tokens.grant(ONE)).as("without its scheme").isEmpty();
    assertThat(tokens.grant("")).isEmpty();
    assertThat(tokens.toString()).doesNotContain(ONE);
  }

  @Test
  void severalTokensHaveNames() throws Exception {
    AccessTokens tokens =
        AccessTokens.parse("# groups\n\nanna " + ONE + "\r\n  bert\t" + TWO + "  \n");
    assertThat(tokens.first()).hasValue(ONE);
    assertThat(tokens.secret("bert")).hasValue(TWO);
    assertThat(tokens.secret("carl")).isEmpty();
    AccessTokens.Grant bert = tokens.grant("Bearer " + TWO).orElseThrow();
    assertThat(bert.name()).isEqualTo("bert");
    assertThat(bert.toString()).doesNotContain(TWO);
    assertThat(AccessTokens.parse("bert " + TWO).stillGrant(bert)).isTrue();
    assertThat(AccessTokens.parse("bert " + ONE).stillGrant(bert)).as("another secret").isFalse();
    assertThat(AccessTokens.parse("anna " + TWO).stillGrant(bert)).as("another name").isFalse();
  }

  @Test
  void withoutTokensEverybodyMayComeUntilThereAreSome() throws Exception {
    AccessTokens.Grant free = AccessTokens.NONE.grant("").orElseThrow();
    assertThat(AccessTokens.NONE.stillGrant(free)).isTrue();
    assertThat(AccessTokens.parse(ONE).stillGrant(free)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing\n",
        "short",
        "anna short",
        "anna " + ONE + " more",
        "an/na " + ONE,
        "anna " + ONE + "\nanna " + TWO,
        "anna " + ONE + "\nbert " + ONE,
        ONE + "\n" + TWO
      })
  void whatIsNoFileOfTokensIsSaidWithItsLine(String text) {
    assertThatThrownBy(() -> AccessTokens.parse(text))
        .isInstanceOf(MalformedBytesException.class)
        .hasMessageNotContaining(ONE);
  }

  @Test
  void noiseIsTokensOrMalformed() {
    Random random = new Random(3);
    String alphabet = "ab0 \n\t#" + ONE;
    for (int round = 0; round < 20_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(60); i > 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        assertThat(AccessTokens.parse(text.toString()).first()).isPresent();
      } catch (MalformedBytesException noTokens) {
        assertThat(noTokens).hasMessageContaining(" ");
      }
    }
  }
}
