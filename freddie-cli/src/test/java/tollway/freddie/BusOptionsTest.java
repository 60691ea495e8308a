// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tollway.cli.ExitCode;
import tollway.cli.Launcher;
import tollway.lab.Said;

/** What operators may say wrong about the bus: one line, and no secret in it. */
final class BusOptionsTest {
  @TempDir private Path files;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--bus 10.0.0.1 | freddie: --bus: '10.0.0.1' is not nats://HOST:PORT",
        "--bus nats://a,redis://b | freddie: --bus: 'redis://b' is not nats://HOST:PORT",
        "--bus nats://a,tls://b | freddie: --bus: use tls:// for all servers or for none",
        "--bus nats://u:hunter2@a | freddie: --bus: leave the name and password out of"
            + " 'nats://…@a' and use --bus-credentials: everybody on this host can read them",
        "--bus-credentials x | freddie: --bus-credentials: give --bus as well",
        "--bus-ca x | freddie: --bus-ca: give --bus as well",
        "--bus nats://a --bus-ca x | freddie: --bus-ca: give --bus with tls://, or leave it away",
        "--bus nats://a --bus-credentials /none | freddie: --bus-credentials: no such file: /none"
      })
  void aMistakeIsOneLine(String words, String line) {
    assertRefused(line, words.split(" "));
  }

  @Test
  void whatTheFilesLackIsSaid() throws Exception {
    Path login = Files.writeString(files.resolve("login"), "user = freddie\npasword = hunter2\n");
    assertRefused(
        "freddie: --bus-credentials: line 2 is none of user = …, password = …, token = …, each once",
        "--bus",
        "nats://127.0.0.1:1",
        "--bus-credentials",
        login.toString());
    assertRefused(
        "freddie: --bus-ca: no certificates in PEM",
        "--bus",
        "tls://127.0.0.1:1",
        "--bus-ca",
        login.toString());
  }

  private static void assertRefused(String line, String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "serve";
    System.arraycopy(words, 0, all, 1, words.length);
    Said said = Said.by(new Launcher("freddie", FreddieCommand::new), all);
    assertThat(said.err().strip()).isEqualTo(line);
    assertThat(said.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(said.out()).isEmpty();
  }
}
