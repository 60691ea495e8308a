// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page of {@code /metrics} as Prometheus and its readers have it. */
final class MetricsHelpTest {
  private static final Path MANUAL = Path.of("..", "lib-common", "docs", "FREDDIE.md");

  @Test
  void eachNumberIsExplainedOnThePageAndInTheManual() throws Exception {
    String manual = Files.readString(MANUAL);
    try (Town town = new Town()) {
      String answer = town.exchange("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(answer.toLowerCase(Locale.ROOT))
          .contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n");
      List<String> lines = answer.substring(answer.indexOf("\r\n\r\n") + 4).lines().toList();
      List<String> names =
          lines.stream()
              .filter(line -> line.startsWith("# TYPE "))
              .map(line -> line.split(" ", 4)[2])
              .toList();
      assertThat(names).hasSizeGreaterThan(25).doesNotHaveDuplicates();
      for (String name : names) {
        int type = 0;
        while (!lines.get(type).startsWith("# TYPE " + name + " ")) {
          type++;
        }
        assertThat(lines.get(type - 1)).startsWith("# HELP " + name + " ");
        assertThat(manual).containsPattern("`" + name + "[`{]");
      }
      for (Counters.Cut why : Counters.Cut.values()) {
        assertThat(manual).contains("`" + why.name().toLowerCase(Locale.ROOT) + "`");
      }
      assertThat(MetricsHelp.with("# TYPE other gauge\nother 1\n"))
          .isEqualTo("# TYPE other gauge\nother 1\n");
    }
  }
}
