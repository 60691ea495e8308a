// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.Chromium;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;
import tollway.pipeline.InviteCodec;

/**
 * A volunteer who has nothing but a browser. It is in a namespace with freddie, the exit and the
 * site; the person is outside, a cable between. The page comes over loopback, since browsers have
 * keys only there and over https.
 */
final class BrowserWidgetIT {
  private static final String TOKEN = "0123456789abcdef+/=";

  @TempDir private Path directory;
  @TempDir private Path profile;

  private final List<AutoCloseable> open = new ArrayList<>();
  private Netns far;
  private Chromium browser;
  private JavaProcess exit;
  private String invite;
  private String site;

  @BeforeEach
  void build() throws Exception {
    Chromium.require();
    Netns.require("ip", "curl");
    far = Netns.create();
    open.add(far);
    String subnet = "10.78." + ProcessHandle.current().pid() % 250; // Two runs shall not meet.
    far.cableToHost("wire", subnet);
    site = subnet + ".1";
    start(far.prefix(), Origin.class.getName(), site).event("ready");
    String freddie = site + ":8480";
    start(
            far.prefix(),
            Chain.FREDDIE,
            "serve",
            "--listen",
            freddie,
            "--stun",
            site + ":3478",
            "--json")
        .event("ready");
    exit =
        start(
            far.prefix(),
            Chain.EGRESS,
            "serve",
            "--json",
            "--widget-page",
            "--allow-private",
            "--listen",
            "0.0.0.0:8470",
            "--public-url",
            "ws://" + site + ":8470",
            "--freddie",
            "http://" + freddie,
            "--token-file",
            Files.writeString(directory.resolve("token"), "anna " + TOKEN + "\n").toString(),
            "--state",
            directory.resolve("egress").toString());
    invite = Chain.text(exit.event("ready"), "invite");
    assertThat(InviteCodec.decode(invite).token()).contains(TOKEN);
    browser = Chromium.start(far.prefix(), profile, 700, 900);
    open.add(browser::stop);
  }

  @AfterEach
  void end() throws Exception {
    Collections.reverse(open);
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  @Test
  void somebodyIsHelpedByAPageAndLosesNothingWhenItCloses() throws Exception {
    browser.open("http://127.0.0.1:8470/widget#" + invite);
    browser.await("document.getElementById('state')?.dataset.state == 'ready'");
    assertThat(browser.evaluate("location.hash")).as("who looks on").isEmpty();
    JavaProcess desktop = desktop("--paths", "1");
    String proxy = "socks5h://" + Chain.text(desktop.event("listening"), "proxy");
    desktop.event("connected");

    assertThat(download(proxy, 20)).isEqualTo(Origin.sha256(20));
    browser.await("document.getElementById('state-text').textContent == 'Helping one person.'");
    browser.await("document.getElementById('bytes').textContent.endsWith(' MB')");

    Path file = directory.resolve("file");
    Process running = start(proxy, 40, file, "--limit-rate", "8M");
    Await.until("half of it", () -> Files.exists(file) && Files.size(file) > 15 << 20);
    widget();
    browser.evaluate("document.getElementById('stop').click()");
    assertThat(Chain.finish(running).exitCode()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(40));
    assertThat(desktop.count("disconnected")).isZero();

    browser.await("document.getElementById('state')?.dataset.state == 'idle'");
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .as("what the page loads")
        .containsExactly("http://127.0.0.1:8470/widget");
  }

  @Test
  void itSaysWhatIsWrongAndTriesAgain() throws Exception {
    browser.open("http://127.0.0.1:8470/widget");
    browser.await("document.getElementById('help')?.disabled === false");
    String middle = invite.substring(0, 40) + "A" + invite.substring(41);
    for (String wrong : List.of("", "nonsense", "tollway1:", invite.substring(0, 90), middle)) {
      browser.evaluate(
          "(document.getElementById('invite').value = '%s', help.click())".formatted(wrong));
      browser.await("/invite/.test(document.getElementById('state-text').textContent)");
      browser.evaluate("document.getElementById('state-text').textContent = ''");
    }
    assertThat(knock("c29tZXRoaW5nIGVsc2U")).as("a wrong token").isEqualTo("401");
    assertThat(knock("%$")).as("no token").isEqualTo("401");
    browser.evaluate(
        "(document.getElementById('invite').value = '%s', help.click())".formatted(invite));
    browser.await("document.getElementById('state')?.dataset.state == 'ready'");
    exit.kill();
    browser.await("document.getElementById('state').dataset.state == 'trouble'");
    browser.await("/exit cannot be reached/.test(document.getElementById('state-text').innerText)");
  }

  /** The status with which a browser with this token, encoded, is answered. */
  private String knock(String token) throws IOException {
    return far.run(
        "curl",
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-H",
        "Connection: Upgrade",
        "-H",
        "Upgrade: websocket",
        "-H",
        "Sec-WebSocket-Version: 13",
        "-H",
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==",
        "-H",
        "Sec-WebSocket-Protocol: tollway-paths, token." + token,
        "http://127.0.0.1:8470/v1/paths");
  }

  private String download(String proxy, int blocks) throws Exception {
    Path file = directory.resolve("whole");
    assertThat(Chain.finish(start(proxy, blocks, file)).exitCode()).isZero();
    return Chain.sha256(file);
  }

  private Process start(String proxy, int blocks, Path file, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("--proxy", proxy, "http://" + site + "/blob/" + blocks, "-o", file.toString()));
    arguments.addAll(List.of(more));
    return Chain.startCurl(arguments.toArray(String[]::new));
  }

  private JavaProcess desktop(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("desktop", "--json", "--listen", "127.0.0.1:0"));
    arguments.addAll(List.of(more));
    return start(List.of(), Chain.EGRESS, arguments.toArray(String[]::new));
  }

  private void widget() throws Exception {
    start(far.prefix(), Chain.EGRESS, "widget", "--json").event("ready");
  }

  private JavaProcess start(List<String> prefix, String main, String... arguments)
      throws IOException {
    Map<String, String> environment = invite == null ? Map.of() : Map.of("TOLLWAY_INVITE", invite);
    JavaProcess process = JavaProcess.start(prefix, environment, main, arguments);
    open.add(process);
    return process;
  }
}
