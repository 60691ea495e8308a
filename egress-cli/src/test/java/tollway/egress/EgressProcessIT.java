// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;

/** What the process says and returns when it cannot do as told: one line, documented codes. */
final class EgressProcessIT {
  @TempDir private Path directory;

  @Test
  void usageErrorsAreOneLineAndTwo() throws Exception {
    expect(2, "Unknown option", "serve", "--nonsense");
    expect(2, "an invite is missing", "desktop");
    expect(2, "an invite is missing", "widget");
    expect(2, "does not begin with 'tollway1:'", "desktop", "--invite", "nonsense");
    expect(2, "checksum", "desktop", "--invite", "tollway1:AAAAAAAAAAAA");
    expect(2, "no such file", "desktop", "--invite-file", "/nowhere");
    expect(2, "is a directory: " + directory, "widget", "--invite-file", directory.toString());
    expect(2, "is a directory: " + directory, "invite", directory.toString());
    expect(
        1, "cannot write /proc/x/identity.pem: no such directory", "serve", "--state", "/proc/x");
    expect(2, "not HOST:PORT", "serve", "--listen", "8470", "--state", directory.toString());
    expect(2, "there is no port", "serve", "--deny-port", "70000", "--state", directory.toString());
    expect(2, "is not a URL", "serve", "--freddie", "a b", "--state", directory.toString());
    String state = directory.toString();
    expect(2, "--public-url: 'http://x'", "serve", "--public-url", "http://x", "--state", state);
    expect(2, "not ftp://x", "serve", "--freddie", "ftp://x", "--state", state);
    expect(2, "--stun: 'foo'", "serve", "--stun", "foo", "--state", state);
    expect(2, "which command?");
  }

  @Test
  void aPortInUseIsOneLineAndOne() throws Exception {
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      String address = "127.0.0.1:" + taken.getLocalPort();
      expect(1, "in use", "serve", "--listen", address, "--state", directory.toString());
    }
  }

  @Test
  void anAbsentInviteIsThree() throws Exception {
    expect(3, "no invite at", "invite", "--state", directory.toString());
  }

  @Test
  void aBrokenInviteIsFour() throws Exception {
    Path file = directory.resolve("broken");
    Files.writeString(file, "tollway1:AAAA");
    expect(4, "cut short", "invite", file.toString());
  }

  @Test
  void aDesktopWithoutARouteToFreddieGivesUpWhenTold() throws Exception {
    int nobody = Chain.freePort();
    String invite;
    try (Chain chain = new Chain(directory)) {
      invite = Chain.text(chain.egress("http://127.0.0.1:" + nobody).event("ready"), "invite");
    }
    JavaProcess desktop =
        JavaProcess.start(
            List.of(),
            Map.of("TOLLWAY_INVITE", invite),
            Chain.EGRESS,
            "desktop",
            "--listen",
            "127.0.0.1:0",
            "--wait",
            "2s");
    try (desktop) {
      assertThat(desktop.exitCode()).isEqualTo(3);
      assertThat(String.join("\n", desktop.err()))
          .contains("freddie at http://127.0.0.1:" + nobody)
          .contains("connection refused")
          .contains("not reached within 2s");
      assertThat(desktop.out()).isEmpty();
    }
  }

  @Test
  void aDesktopForWhichNobodyIsFreeSaysSo() throws Exception {
    try (Chain chain = new Chain(directory)) {
      String freddie = Chain.text(chain.freddie().event("ready"), "url");
      String invite = Chain.text(chain.egress(freddie).event("ready"), "invite");
      assertThat(Chain.text(chain.desktop(invite).event("trouble"), "text"))
          .contains("no volunteer for this egress");
    }
  }

  @Test
  void aUserFileThatOthersReadOrThatNamesNobodyIsRefused() throws Exception {
    String invite;
    try (Chain chain = new Chain(directory)) {
      invite = Chain.text(chain.egress("http://127.0.0.1:9").event("ready"), "invite");
    }
    Path file = directory.resolve("user");
    Files.writeString(file, "alice:secret\n");
    String[] start = {"desktop", "--invite", invite, "--proxy-user-file", file.toString()};
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    expect(2, "others on this host may read or write it: chmod 600", start);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-----w-"));
    expect(2, "chmod 600", start);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    for (String wrong : new String[] {"", "alice", "alice:secret\nbert:secret\n"}) {
      Files.writeString(file, wrong);
      expect(2, "give USER:PASSWORD on one line", start);
    }
    Files.delete(file);
    expect(2, "--proxy-user-file: no such file", start);
  }

  @Test
  void aProxyThatOthersCanReachSaysSoUnlessItHasAUser() throws Exception {
    Path file = directory.resolve("user");
    Files.writeString(file, "alice:secret");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    try (Chain chain = new Chain(directory)) {
      String invite = Chain.text(chain.egress("http://127.0.0.1:9").event("ready"), "invite");
      JavaProcess open = chain.desktop(invite, "--listen", "0.0.0.0:0");
      open.event("listening");
      Await.until("a warning", () -> String.join("", open.err()).contains("--proxy-user-file"));
      assertThat(open.err()).singleElement().asString().contains("desktop: warning: whoever");
      JavaProcess guarded =
          chain.desktop(invite, "--listen", "0.0.0.0:0", "--proxy-user-file", file.toString());
      guarded.event("trouble"); // Later than a warning would be.
      assertThat(guarded.err()).isEmpty();
    }
  }

  @Test
  void theInviteIsKeptAndShown() throws Exception {
    String invite;
    try (Chain chain = new Chain(directory)) {
      invite = Chain.text(chain.egress("http://127.0.0.1:9").event("ready"), "invite");
    }
    JavaProcess shown =
        JavaProcess.start(
            Chain.EGRESS, "invite", "--state", directory.resolve("egress").toString());
    try (shown) {
      assertThat(shown.exitCode()).isZero();
      assertThat(shown.out()).containsExactly(invite);
    }
    assertThat(Files.getPosixFilePermissions(directory.resolve("egress/invite"))).hasSize(2);
  }

  @Test
  void aSecondOneLeavesTheFirstOnesInviteAndSaysOneLine() throws Exception {
    try (Chain chain = new Chain(directory)) {
      String invite = Chain.text(chain.egress("http://127.0.0.1:9").event("ready"), "invite");
      Path state = directory.resolve("egress");
      Path kept = state.resolve("invite");
      String socket = directory.resolve("taken").toString();
      Files.writeString(Path.of(socket), "");
      String[] serve = {"serve", "--listen", "127.0.0.1:0", "--control", socket, "--state"};
      List<String> words = new ArrayList<>(List.of(serve));
      words.add(state.toString());
      expect(2, "is not a socket", words.toArray(String[]::new));
      assertThat(Files.readString(kept).strip()).isEqualTo(invite);
      String[] desktop = {
        "desktop", "--listen", "127.0.0.1:0", "--invite", invite, "--control", socket
      };
      expect(2, "is not a socket", desktop);
    }
  }

  private static void expect(int code, String line, String... arguments) throws Exception {
    try (JavaProcess process = JavaProcess.start(Chain.EGRESS, arguments)) {
      assertThat(process.exitCode()).as(String.join(" ", arguments)).isEqualTo(code);
      assertThat(process.out()).isEmpty();
      assertThat(process.err()).singleElement().asString().startsWith("egress").contains(line);
    }
  }
}
