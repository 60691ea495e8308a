// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.scrooge.Shell.scrooge;
import static tollway.scrooge.Shell.scroogeReading;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;
import tollway.identity.IdentityFile;

final class KeyCommandsTest {
  /** A key of the 2017 program, as its own tests have it, and the same in the other forms. */
  private static final String PUBLIC = "LLBQ9vdHBeVsb55NEnRiHFQ71122IvAFk+XT/Szd7VU=";

  private static final String OF_2017 =
      "cEWVkEjpGbx810PI1e2Ff9f95oYayhnWJBPpV9Spd+IssFD290cF5Wxvnk0SdGIcVDvXXbYi8AWT5dP9LN3tVQ==";
  private static final String SEED = "cEWVkEjpGbx810PI1e2Ff9f95oYayhnWJBPpV9Spd+I=";
  private static final String PEM =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIHBFlZBI6Rm8fNdDyNXthX/X/eaGGsoZ1iQT6VfUqXfi
      -----END PRIVATE KEY-----
      """;

  @TempDir Path directory;

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void aDirectoryIsNoPlaceForAKeyAndForceNoRemedy() {
    for (String force : new String[] {"--json", "--force"}) {
      Shell refused = scrooge("keygen", "-o", directory.toString(), force);
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).contains("name the file for the key").doesNotContain("--force");
      Shell unnamed = scrooge("keygen", "-o", "", force);
      assertThat(unnamed.exitCode()).isEqualTo(2);
      assertThat(unnamed.err()).contains("the name is empty").doesNotContain("--force");
    }
  }

  @Test
  void aNewKeyIsItsOwnersAlone() throws Exception {
    Shell made = scrooge("keygen", "-o", file("sub/key.pem"));
    assertThat(made.exitCode()).isEqualTo(ExitCode.DONE);
    Path key = directory.resolve("sub/key.pem");
    assertThat(made.line()).isEqualTo(IdentityFile.load(key).nodeId().base64());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    assertThat(made.err()).isEmpty();
  }

  @Test
  void withoutAFileNameItGoesToTheUsersConfiguration() {
    Map<String, String> environment = Map.of("XDG_CONFIG_HOME", file("config"));
    Shell made = scrooge(environment, "", "keygen", "--json");
    JsonObject report = JsonParser.parseString(made.out()).getAsJsonObject();
    assertThat(report.get("file").getAsString()).isEqualTo(file("config/tollway/identity.pem"));
    assertThat(scrooge(environment, "", "key", "show").line())
        .isEqualTo(report.get("publicKey").getAsString());
  }

  @Test
  void anExistingKeyIsReplacedOnlyByForce() {
    String first = scrooge("keygen", "-o", file("key.pem")).line();
    Shell refused = scrooge("keygen", "-o", file("key.pem"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("--force").hasLineCount(1);
    assertThat(scrooge("key", "show", file("key.pem")).line()).isEqualTo(first);
    String second = scrooge("keygen", "-o", file("key.pem"), "--force").line();
    assertThat(second).isNotEqualTo(first);
    assertThat(scrooge("key", "show", file("key.pem")).line()).isEqualTo(second);
  }

  @Test
  void allThreeFormsAreImportedFromAStreamOrAFile() throws Exception {
    for (String form : new String[] {OF_2017, SEED + "\n", PEM}) {
      assertThat(scroogeReading(form, "key", "import", "-o", file("a.pem"), "--force").line())
          .isEqualTo(PUBLIC);
      assertThat(Files.readString(directory.resolve("a.pem"))).isEqualTo(PEM);
      Files.writeString(directory.resolve("given"), form);
      assertThat(scrooge("key", "import", file("given"), "-o", file("b.pem"), "--force").line())
          .isEqualTo(PUBLIC);
    }
  }

  @Test
  @DisplayName("W16, P8: a private key is never taken from the command line, nor repeated")
  void aKeyIsNeverTakenFromTheCommandLineNorRepeated() {
    for (String secret : new String[] {OF_2017, SEED}) {
      Shell refused = scrooge("key", "import", secret, "-o", file("a.pem"));
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.err()).contains("standard input").doesNotContain(secret);
      assertThat(directory.resolve("a.pem")).doesNotExist();
    }
  }

  @Test
  void whatIsNoKeyIsRefused() {
    for (String wrong : new String[] {"", "rubbish", SEED.substring(4), "A".repeat(9000)}) {
      Shell refused = scroogeReading(wrong, "key", "import", "-o", file("a.pem"));
      assertThat(refused.exitCode()).isEqualTo(ExitCode.INVALID);
      assertThat(refused.err()).hasLineCount(1);
      assertThat(directory.resolve("a.pem")).doesNotExist();
    }
    assertThat(scrooge("key", "import", file("absent")).exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(scrooge("key", "show", file("absent")).exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  @DisplayName("P8: a private key that others can read is not used")
  void aKeyThatOthersCanReadIsNotUsed() throws Exception {
    scrooge("keygen", "-o", file("key.pem"));
    Files.setPosixFilePermissions(
        directory.resolve("key.pem"), PosixFilePermissions.fromString("rw-r-----"));
    Shell refused = scrooge("key", "show", file("key.pem"));
    assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err()).contains("chmod 600");
    Shell notAKey = scrooge("key", "show", directory.toString());
    assertThat(notAKey.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(notAKey.err()).contains("is a directory");
  }

  @Test
  void aGroupAloneIsAnIncompleteCommand() {
    for (String group : new String[] {"key", "msg"}) {
      Shell refused = scrooge(group);
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.err()).hasLineCount(1).contains("which command?");
    }
  }
}
