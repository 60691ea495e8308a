// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LauncherTest {
  @TempDir Path directory;

  private static Town refused(String line) {
    return new Town(ExitCode.USAGE, "", line + "\n");
  }

  @Test
  void completionIsACommandLikeTheOthers() {
    assertThat(Town.run("--help").out())
        .contains("  completion  Print a completion script for bash or zsh.\n")
        .doesNotContain("man-pages");
    assertThat(Town.run("completion", "--help").out()).startsWith("Usage: town completion ");
    assertThat(Town.run("completion", "bash").out()).contains("_complete_town");
    assertThat(Town.run("completion", "zsh").out()).startsWith("#compdef town\n");
    assertThat(Town.run("completion"))
        .isEqualTo(
            refused(
                "town completion: Missing required parameter: 'bash|zsh'"
                    + " (try 'town completion --help')"));
    assertThat(Town.run("completion", "fish"))
        .isEqualTo(refused("town: completion: for bash or zsh, not 'fish'"));
  }

  @ParameterizedTest
  @CsvSource({
    "birdge, bridge",
    "brige, bridge",
    "gates, gate",
    "completino, completion",
  })
  void anUnknownCommandIsAnsweredWithTheOneThatWasMeant(String given, String meant) {
    assertThat(Town.run(given))
        .isEqualTo(
            refused(
                "town: no such command '%s'; did you mean '%s'? (try 'town --help')"
                    .formatted(given, meant)));
  }

  @Test
  void nothingIsSuggestedWhenNothingIsNear() {
    assertThat(Town.run("tunnel"))
        .isEqualTo(refused("town: no such command 'tunnel' (try 'town --help')"));
    assertThat(Town.run("gate", "opne"))
        .isEqualTo(
            refused(
                "town gate: no such command 'opne'; did you mean 'open'?"
                    + " (try 'town gate --help')"));
  }

  @Test
  void aHugeArgumentIsNotRepeatedWhole() {
    String huge = "x".repeat(100_000);
    assertThat(Town.run(huge))
        .isEqualTo(refused("town: no such command '" + "x".repeat(79) + "…' (try 'town --help')"));
    assertThat(Town.run("bridge", "--" + huge).err()).hasSizeLessThan(250);
    assertThat(Town.run("bridge", "a", "b ".repeat(50_000)).err()).hasSizeLessThan(1_100);
    assertThat(Town.run("bridge", "'".repeat(100_000)).err()).hasSizeLessThan(250);
  }

  @Test
  void theEmptyNameIsNoFile() {
    assertThat(Town.run("bridge", ""))
        .isEqualTo(refused("town bridge: BANK: the name is empty (try 'town bridge --help')"));
    assertThat(Town.run("--config=", "bridge"))
        .isEqualTo(refused("town: --config: the name is empty"));
  }

  @Test
  void anArgumentCannotWriteToTheTerminal() {
    assertThat(Town.run("\u001b[2J").err()).startsWith("town: no such command '?[2J'");
  }

  @Test
  void helpBreaksNoValueInTwo() {
    String help = Town.run("bridge", "--help").out();
    assertThat(help)
        .contains("https://127.0.0.1:8443/rivers/elbe-at-dresden")
        .contains("~/.local/state/town/rivers")
        .doesNotContain("\ufeff");
    assertThat(help.lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void aConfigurationThatIsNoTextIsNamedWithItsLine() throws Exception {
    Path file = directory.resolve("town.conf");
    Files.write(file, "toll = true\nover = caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(Town.run("bridge", "--config", file.toString()))
        .isEqualTo(refused("town: --config: " + file + ": line 2 is not UTF-8 text"));
    Files.writeString(file, "over = \\u12\n");
    assertThat(Town.run("bridge", "--config", file.toString()).exitCode())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void aDirectoryInPlaceOfAFileIsNamed() {
    assertThat(Town.run("bridge", "--config", directory.toString()))
        .isEqualTo(refused("town: --config: is a directory: " + directory));
    assertThat(Town.run("bridge", directory.toString()))
        .isEqualTo(refused("town: is a directory: " + directory));
  }
}
