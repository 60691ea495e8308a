// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.ExitCode;
import tollway.cli.Launcher;
import tollway.identity.Identity;
import tollway.identity.IdentityFile;
import tollway.lab.Said;

final class PuzzleCommandTest {
  private static final String SEED = "000102030405060708090a0b0c0d0e0f";

  @TempDir private Path directory;

  @Test
  void whatWasMintedIsRightForItsKeyAndForNoOther() throws Exception {
    Identity alice = Identity.generate(new SecureRandom());
    Path file = directory.resolve("alice.pem");
    IdentityFile.create(file, alice);
    Said minted =
        freddie(
            "puzzle",
            "--effort",
            "16",
            "--key",
            file.toString(),
            "--seed",
            SEED,
            "--threads",
            "2",
            "--json");
    assertThat(minted.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(minted.err()).isEmpty();
    JsonObject json = JsonParser.parseString(minted.out()).getAsJsonObject();
    assertThat(json.get("key").getAsString()).isEqualTo(alice.nodeId().base64());
    assertThat(json.get("seed").getAsString()).isEqualTo(SEED);
    assertThat(json.get("threads").getAsInt()).isEqualTo(2);
    assertThat(json.get("evaluations").getAsLong()).isPositive();
    assertThat(json.get("cpu_seconds_per_identity").getAsDouble()).isPositive();
    assertThat(json.get("identities_per_core_day").getAsLong()).isPositive();
    String solution = json.get("solution").getAsString();

    Said right = freddie("puzzle", "--key", alice.nodeId().base64(), "--verify", solution);
    assertThat(right.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(right.out()).contains("effort    16\n").contains("solution  right\n");

    String mallory = Identity.generate(new SecureRandom()).nodeId().base64();
    Said wrong = freddie("puzzle", "--key", mallory, "--verify", solution, "--json");
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.INVALID);
    assertThat(wrong.out()).contains("\"valid\":false");
  }

  @Test
  void peopleAreToldWhatItCost() {
    Said answer = freddie("puzzle", "--effort", "4");
    assertThat(answer.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(answer.out())
        .containsPattern("work      \\d+ evaluations?, [0-9.]+ s on 1 thread, [0-9.]+ s of CPU\n")
        .containsPattern("cost      [0-9.]+ ms an evaluation, so [0-9.]+ s of CPU")
        .containsPattern("check     [0-9.]+ ms\n");
  }

  @Test
  void whatMakesNoSenseIsOneLineThatNamesIt() {
    refused(ExitCode.USAGE, "--effort: give a number from 1 to 65536", "--effort", "0");
    refused(ExitCode.USAGE, "--effort: give a number from 1 to 65536", "--effort", "65537");
    refused(ExitCode.USAGE, "--effort: 'much' is not a whole number", "--effort", "much");
    refused(ExitCode.USAGE, "--threads: give a number from 1 to 256", "--threads", "0");
    refused(ExitCode.USAGE, "--seed: give 32 hexadecimal digits", "--seed", "00");
    refused(ExitCode.USAGE, "--seed: give 32 hexadecimal digits", "--seed", "x".repeat(32));
    refused(ExitCode.USAGE, "--key: 'Bob' is neither a file nor a public key", "--key", "Bob");
    refused(ExitCode.USAGE, "say with --key for whom", "--verify", "AAAA");
    String key = Identity.generate(new SecureRandom()).nodeId().base64();
    refused(ExitCode.USAGE, "leave --effort", "--key", key, "--verify", "A", "--effort", "3");
    refused(ExitCode.USAGE, "--key: '' is neither a file", "--key", "");
    for (String noSolution : List.of("AAAA", "?", "A".repeat(72))) {
      refused(ExitCode.INVALID, "--verify: not a solution", "--key", key, "--verify", noSolution);
    }
  }

  @Test
  void theBarIsAsHonestAsAMemorylessProcessAllows() {
    PuzzleProgress progress = new PuzzleProgress(1000);
    assertThat(progress.line(0, 0))
        .startsWith("[--------------------]  0 %: 0 tries, 1 in 1,000 ")
        .hasSize(PuzzleProgress.WIDTH);
    assertThat(progress.line(500, 1_000_000_000L))
        .startsWith("[#######-------------] 39 %: 500 tries, 1 in 1,000, 2.0 s more on average ");
    // Twice as far, and no nearer.
    assertThat(progress.line(1000, 2_000_000_000L))
        .startsWith("[############--------] 63 %: 1,000 tries, 1 in 1,000, 2.0 s more on average ");
    assertThat(progress.line(1_000_000, 9_000_000_000_000_000L))
        .startsWith("[####################] 100 %: 1,000,000 tries, 1 in 1,000, 150 min more on")
        .hasSize(PuzzleProgress.WIDTH);
  }

  @Test
  void helpNamesTheExitCodes() {
    Said help = freddie("puzzle", "--help");
    assertThat(help.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(help.out()).contains("--threads=N").contains("1: interrupted");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(freddie("completion", "bash").out()).contains("--verify");
    assertThat(freddie("man-pages", directory.toString()).exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(Files.exists(directory.resolve("freddie-puzzle.1"))).isTrue();
  }

  private static void refused(int code, String line, String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "puzzle";
    System.arraycopy(words, 0, all, 1, words.length);
    Said answer = freddie(all);
    assertThat(answer.err()).contains(line).hasLineCount(1);
    assertThat(answer.exitCode()).as(String.join(" ", words)).isEqualTo(code);
    assertThat(answer.out()).isEmpty();
  }

  private static Said freddie(String... words) {
    return Said.by(new Launcher("freddie", FreddieCommand::new), words);
  }
}
