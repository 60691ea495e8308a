// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.exec.HostCommand;

final class ManPageTest {
  @TempDir Path directory;

  private String page(String name) throws Exception {
    assertThat(Town.run("man-pages", directory.toString()).exitCode()).isEqualTo(ExitCode.DONE);
    return Files.readString(directory.resolve(name));
  }

  private static String golden(String name) throws Exception {
    try (InputStream in = Objects.requireNonNull(ManPageTest.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aCommandsPageSaysWhatItsHelpSays() throws Exception {
    assertThat(page("town-bridge.1")).isEqualTo(golden("town-bridge.1"));
    assertThat(page("town.1")).isEqualTo(golden("town.1"));
  }

  @Test
  void everyCommandThatIsNotHiddenHasAPage() throws Exception {
    page("town.1");
    try (Stream<Path> pages = Files.list(directory)) {
      assertThat(pages.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "town.1", "town-bridge.1", "town-gate.1", "town-gate-open.1", "town-completion.1");
    }
  }

  @Test
  void groffHasNothingToWarnOf() throws Exception {
    Assumptions.assumeTrue(HostCommand.find("groff").isPresent(), "needs groff");
    for (String name : List.of("town.1", "town-bridge.1", "town-gate.1")) {
      HostCommand.Result said =
          HostCommand.attempt(List.of("groff", "-ww", "-man", "-Tutf8", "-z"), page(name));
      assertThat(said).isEqualTo(new HostCommand.Result(0, "", ""));
    }
  }
}
