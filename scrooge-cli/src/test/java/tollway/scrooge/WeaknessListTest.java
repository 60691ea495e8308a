// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every weakness that the program of 2017 had (W1 to W19) and every property that the mesh promises
 * (P1 to P10) has a test that is called by its label.
 */
final class WeaknessListTest {
  private static final Pattern LABELS =
      Pattern.compile("@DisplayName\\(\\s*\"((?:[WPS]\\d+(?:, )?)+): ");

  @Test
  void eachHasATest() throws IOException {
    Set<String> found = new TreeSet<>();
    for (String module : List.of("lib-common", "scrooge-cli")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          Matcher labels = LABELS.matcher(Files.readString(file));
          while (labels.find()) {
            found.addAll(List.of(labels.group(1).split(", ")));
          }
        }
      }
    }
    assertThat(found)
        .containsAll(IntStream.rangeClosed(1, 19).mapToObj(number -> "W" + number).toList())
        .containsAll(IntStream.rangeClosed(1, 10).mapToObj(number -> "P" + number).toList());
  }
}
