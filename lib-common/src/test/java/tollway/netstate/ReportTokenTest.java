// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReportTokenTest {
  private static final String SECRET = "s3cret/token+of~16.._-==";

  @TempDir Path directory;

  @Test
  void knowsItselfInARequest() {
    ReportToken token = ReportToken.of(SECRET);
    assertThat(token.isIn(token.authorization())).isTrue();
    assertThat(token.isIn("bearer  " + SECRET)).isTrue();
  }

  @Test
  void knowsNothingElse() {
    ReportToken token = ReportToken.of(SECRET);
    assertThat(token.isIn(null)).isFalse();
    for (String other :
        List.of(
            "",
            "Bearer",
            "Bearer ",
            SECRET,
            "Basic " + SECRET,
            "Bearer " + SECRET + "x",
            "Bearer " + SECRET.substring(1))) {
      assertThat(token.isIn(other)).as(other).isFalse();
    }
  }

  @Test
  void aFileCountsMoreThanTheEnvironment() throws IOException {
    Path file = Files.writeString(directory.resolve("token"), SECRET + "\n");
    Map<String, String> environment = Map.of(ReportToken.VARIABLE, "another-token-of-the-shell");
    assertThat(ReportToken.find(file, environment).orElseThrow().isIn("Bearer " + SECRET)).isTrue();
    assertThat(
            ReportToken.find(null, environment)
                .orElseThrow()
                .isIn("Bearer another-token-of-the-shell"))
        .isTrue();
    assertThat(ReportToken.find(null, Map.of())).isEmpty();
  }

  @Test
  void refusesWhatIsNoToken() throws IOException {
    for (String wrong :
        List.of("", "short", "with blanks in the middle", "x".repeat(513), "é1234567890123456")) {
      assertThatThrownBy(() -> ReportToken.of(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
    Path large = Files.writeString(directory.resolve("large"), "x".repeat(100_000));
    assertThatThrownBy(() -> ReportToken.find(large, Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ReportToken.find(directory.resolve("absent"), Map.of()))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void isNeverPrinted() {
    assertThat(ReportToken.of(SECRET).toString()).doesNotContain("s3cret");
  }
}
