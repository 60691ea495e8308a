// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.cli.Launcher;
import tollway.identity.Identity;
import tollway.lab.Said;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;

/** What is refused before anything is done. */
final class UsageTest {
  @TempDir private Path directory;

  @Test
  void whatMakesNoSenseIsOneLineThatNamesIt() {
    String state = directory.toString();
    refused("widget: --via: 'foo' is none of egress, volunteers, auto", "widget", "--via", "foo");
    refused("serve: --max-streams: 'x' is not a whole number", "serve", "--max-streams", "x");
    refused("--deny-port: 'a' is not a whole number", "serve", "--deny-port", "a");
    refused(
        "--public-url is missing: how do volunteers reach",
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--state",
        state);
    refused(
        "--freddie: after '#' comes front=HOST or front=HOST:PORT, not 'cdn' as in https://a/#cdn",
        "serve",
        "--freddie",
        "https://a/#cdn",
        "--state",
        state);
    refused(
        "--freddie: leave the user and the password out of https://…@a/",
        "serve",
        "--freddie",
        "https://user:word@a/",
        "--state",
        state);
    refused(
        "--freddie: 'https://…@a b/' is not a URL",
        "serve",
        "--freddie",
        "https://user:word@a b/",
        "--state",
        state);
    refused(
        "--signaling-proxy: user and password belong into a file",
        "desktop",
        "--invite",
        "x",
        "--signaling-proxy",
        "http://a:b@c:1");
    refused("--wait: 'soon'", "events", "--wait", "soon");
    refused("--drain: '9999999h' is longer than", "serve", "--drain", "9999999h", "--state", state);
    refused("serve: --state: the name is empty", "serve", "--state=");
    refused("--target: 'x' is not HOST:PORT", "doctor", "--invite", "x", "--target", "x");
    refused("give one of them", "speedtest", "--invite", "x", "--control", "y");
    refused("--stun: 'a' is not HOST:PORT", "desktop", "--invite", invite(), "--stun", "a");
    String[] both = {"widget", "--invite", invite(), "--stun", "none", "--stun", "a:1"};
    refused("--stun: give servers, or 'none'", both);
    refused("--paths: give a number", "speedtest", "--invite", "x", "--paths", "9");
  }

  @Test
  void aDoctorWithoutAnInviteHasNothingToLookAt() {
    refused("an invite is missing", "doctor");
    refused("leave it out", "doctor", "--role", "widget", "--target", "a:1");
    refused("give --role widget", "doctor", "--via", "auto");
    refused("no such file", "doctor", "--invite-file", directory.resolve("none").toString());
    Said answer = egress("doctor", "--invite", "x");
    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.out())
        .startsWith("FAIL  invite ")
        .contains("it does not begin with 'tollway1:': copy it once more")
        .hasLineCount(1);
  }

  @Test
  void theShellCompletesWordsAsPeopleTypeThem() {
    String script = egress("completion", "bash").out();
    assertThat(script)
        .contains("(\"egress\" \"volunteers\" \"auto\") # --via values")
        .contains("(\"never\" \"auto\" \"only\") # --direct values")
        .contains("(\"desktop\" \"widget\") # --role values")
        .contains("(\"desktop\" \"widget\" \"serve\") # --role values")
        .contains("(\"pause\" \"ignore\") # --metered values")
        .doesNotContain("\"NEVER\"");
  }

  @Test
  void whatIsNoDirectoryIsSaidInWords() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    refused("not a directory: " + file, "serve", "--state", file.toString(), "--listen", "[::1]:0");
  }

  @Test
  void helpIsNotBrokenInTheMiddle() {
    for (String command :
        List.of(
            "",
            "serve",
            "widget",
            "widget set",
            "desktop",
            "doctor",
            "speedtest",
            "pt",
            "events",
            "shell")) {
      String[] words = (command + " --help").strip().split(" ");
      List<String> lines = egress(words).out().lines().toList();
      assertThat(lines).allMatch(line -> line.length() <= 80);
      for (int i = 1; i + 1 < lines.size(); i++) {
        // A line of one or two words between longer ones was broken by a wrap that nobody wanted.
        boolean torn =
            lines.get(i - 1).length() > 70
                && !lines.get(i).startsWith(" ")
                && lines.get(i).split(" ").length <= 2
                && !lines.get(i + 1).isEmpty()
                && !lines.get(i).endsWith(".");
        assertThat(torn).as(command + ": " + lines.get(i)).isFalse();
      }
    }
  }

  private static String invite() {
    return InviteCodec.encode(
        new Invite(
            Identity.generate(new SecureRandom()).nodeId(),
            List.of(URI.create("ws://127.0.0.1:1/")),
            List.of(URI.create("http://127.0.0.1:1/")),
            List.of(),
            Optional.empty()));
  }

  private static void refused(String line, String... words) {
    Said answer = egress(words);
    assertThat(answer.exitCode()).as(String.join(" ", words)).isEqualTo(2);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.err()).contains(line).hasLineCount(1);
  }

  private static Said egress(String... words) {
    return Said.by(new Launcher("egress", EgressCommand::new), words);
  }
}
