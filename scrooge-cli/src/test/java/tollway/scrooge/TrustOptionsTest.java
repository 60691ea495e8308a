// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;

/** What {@code scrooge run} says of options that cannot be meant so, before it does anything. */
final class TrustOptionsTest {
  private static final String KEY = HelloResponder.BOB.nodeId().base64();

  @TempDir private Path directory;

  private static void assertRefused(String line, String... options) {
    List<String> arguments = new ArrayList<>(List.of("run", "-i", "lo"));
    arguments.addAll(List.of(options));
    Shell said = Shell.scrooge(arguments.toArray(new String[0]));
    assertThat(said.exitCode()).as(said.err()).isEqualTo(ExitCode.USAGE);
    assertThat(said.err().strip()).isEqualTo("scrooge: " + line);
  }

  @Test
  void whatIsNeitherAModeNorAKeyNorAFileIsNamed() throws IOException {
    assertRefused("--trust: 'all' is neither open, pinned nor off", "--trust", "all");
    assertRefused("--scrooge2: 'on' is neither off, offer nor require", "--scrooge2", "on");
    assertRefused(
        "--pin: 'nobody' is not a public key, and there is no such file", "--pin", "nobody");
    assertRefused("--allow: '" + directory + "' is not a file", "--allow", directory.toString());
    assertRefused(
        "--block: a key is blocked on every interface: leave out %eth0, and there is no such file",
        "--block", KEY + "%eth0");
    Path list = Files.writeString(directory.resolve("list"), KEY + "\n\nKEY\n");
    assertRefused("--block: " + list + ":3: 'KEY' is not a public key", "--block", list.toString());
  }
}
