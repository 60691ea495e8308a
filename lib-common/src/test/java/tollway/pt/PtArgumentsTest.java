// SPDX-License-Identifier: Apache-2.0
package tollway.pt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.MalformedBytesException;

final class PtArgumentsTest {
  @Test
  void argumentsOfAConnectionAreReadAsTheSpecificationHasThem() throws Exception {
    assertThat(PtArguments.ofConnection("shared-secret=rahasia;secrets-file=/tmp/blob"))
        .containsExactly(
            new PtArgument("shared-secret", "rahasia"),
            new PtArgument("secrets-file", "/tmp/blob"));
    assertThat(PtArguments.ofConnection("a\\=b=c\\;d\\\\e;f=g=h;i=;"))
        .containsExactly(
            new PtArgument("a=b", "c;d\\e"), new PtArgument("f", "g=h"), new PtArgument("i", ""));
    assertThat(PtArguments.ofConnection("")).isEmpty();
    for (String wrong : List.of("a", "=b", "a=b;;c=d", "a=b\\", "a\\=b")) {
      assertThatThrownBy(() -> PtArguments.ofConnection(wrong))
          .as(wrong)
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void argumentsMayComeAsJson() throws Exception {
    assertThat(PtArguments.ofJson("{\"invite\": \"tollway1:x\", \"n\": 1}"))
        .containsExactly(new PtArgument("invite", "tollway1:x"), new PtArgument("n", "1"));
    for (String wrong : List.of("", "[]", "{", "{\"a\":{}}", "{\"a\":null}", "[".repeat(16_000))) {
      assertThatThrownBy(() -> PtArguments.ofJson(wrong))
          .isInstanceOf(MalformedBytesException.class);
    }
  }

  @Test
  void aServerIsToldItsOwnOptionsOnly() throws Exception {
    assertThat(
            PtArguments.ofServer(
                "scramblesuit:key=banana;tollway:public-url=wss\\://x;tollway:stun=a\\:1\\;b",
                "tollway"))
        .containsExactly(new PtArgument("public-url", "wss://x"), new PtArgument("stun", "a:1;b"));
    assertThatThrownBy(() -> PtArguments.ofServer("key=banana", "tollway"))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void whatClientsNeedIsEscaped() {
    assertThat(
            PtArguments.forClients(
                List.of(new PtArgument("a", "1,2=3\\"), new PtArgument("b", "tollway1:x-_"))))
        .isEqualTo("a=1\\,2\\=3\\\\,b=tollway1:x-_");
  }

  @Test
  void theFirstOfAKeyCountsAndNoValueIsShown() {
    List<PtArgument> twice = List.of(new PtArgument("a", "1"), new PtArgument("a", "2"));
    assertThat(PtArguments.value(twice, "a")).contains("1");
    assertThat(PtArguments.value(twice, "b")).isEmpty();
    assertThat(twice.toString()).doesNotContain("1");
  }

  @Test
  void noiseIsArgumentsOrMalformedAndNothingElse() {
    Random random = new Random(5);
    int understood = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = random.nextInt(20); k > 0; k--) {
        text.append("ab=;:\\{\"},1[".charAt(random.nextInt(12)));
      }
      try {
        switch (i % 3) {
          case 0 -> PtArguments.ofConnection(text.toString());
          case 1 -> PtArguments.ofServer(text.toString(), "a");
          default -> PtArguments.ofJson(text.toString());
        }
        understood++;
      } catch (MalformedBytesException expected) {
        assertThat(expected.getMessage()).isNotEmpty();
      }
    }
    assertThat(understood).isGreaterThan(1_000);
  }
}
