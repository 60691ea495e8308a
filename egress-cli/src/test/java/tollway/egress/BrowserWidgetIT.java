// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.Chromium;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;
import tollway.pipeline.InviteCodec;

/** A volunteer who has nothing but a browser. */
final class BrowserWidgetIT {
  @TempDir private Path directory;
  @TempDir private Path profile;

  private BrowserLab lab;

  @BeforeEach
  void build() throws Exception {
    Chromium.require();
    Netns.require("ip", "curl");
    lab = new BrowserLab(directory, profile);
    assertThat(InviteCodec.decode(lab.invite()).token()).contains(BrowserLab.TOKEN);
  }

  @AfterEach
  void end() throws Exception {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void somebodyIsHelpedByAPageAndLosesNothingWhenItCloses() throws Exception {
    Chromium browser = lab.browser();
    lab.help();
    assertThat(browser.evaluate("location.hash")).as("who looks on").isEmpty();
    JavaProcess desktop = lab.desktop("--paths", "1");
    desktop.event("connected");

    Path file = directory.resolve("file");
    assertThat(Chain.finish(lab.download(desktop, 5, file)).exitCode()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(5));
    browser.await("document.getElementById('state-text').textContent == 'Helping one person.'");
    browser.await("document.getElementById('bytes').textContent.endsWith(' MB')");

    lab.widget().event("ready");
    Path second = directory.resolve("second");
    Process running = lab.download(desktop, 20, second, "--limit-rate", "5M");
    Await.until("a third of it", () -> Files.exists(second) && Files.size(second) > 7 << 20);
    browser.evaluate("document.getElementById('stop').click()");
    assertThat(Chain.finish(running).exitCode()).isZero();
    assertThat(Chain.sha256(second)).isEqualTo(Origin.sha256(20));
    assertThat(desktop.count("disconnected")).isZero();

    browser.await("document.getElementById('state').dataset.state == 'idle'");
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests()).as("what the page loads").containsExactly(BrowserLab.PAGE);
  }

  @Test
  void whereFreddiesWebSocketIsBlockedThePagePolls() throws Exception {
    Chromium browser = lab.browser();
    browser.open(BrowserLab.PAGE);
    browser.await("document.getElementById('help')?.disabled === false");
    browser.evaluate(
        """
        (() => {
          const had = WebSocket;
          window.WebSocket = function (url, ...more) {
            return new had(url.endsWith('/v2/signal') ? 'ws://127.0.0.1:9' : url, ...more);
          };
        })()
        """);
    browser.evaluate(
        "(document.getElementById('invite').value = '%s', help.click())".formatted(lab.invite()));
    browser.await("document.getElementById('state')?.dataset.state == 'ready'");
    JavaProcess desktop = lab.desktop("--paths", "1");
    desktop.event("connected");
    Path file = directory.resolve("file");
    assertThat(Chain.finish(lab.download(desktop, 1, file)).exitCode()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(1));
    assertThat(browser.requests()).anyMatch(url -> url.endsWith(":8480/v2/poll"));
    browser.evaluate("document.getElementById('stop').click()");
    browser.await("document.getElementById('state').dataset.state == 'idle'");
  }

  @Test
  void itSaysWhatIsWrongAndTriesAgain() throws Exception {
    Chromium browser = lab.browser();
    String invite = lab.invite();
    browser.open(BrowserLab.PAGE);
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
    String help =
        "(document.getElementById('invite').value = '%s', help.click())".formatted(invite);
    for (String lacking : List.of("X25519", "Ed25519")) {
      browser.evaluate(
          """
          (() => {
            const had = crypto.subtle.generateKey;
            crypto.subtle.generateKey = function (how, ...more) {
              return how.name === '%s'
                ? Promise.reject(new DOMException('', 'NotSupportedError'))
                : had.call(this, how, ...more);
            };
            window.renew = () => { crypto.subtle.generateKey = had; };
          })()
          """
              .formatted(lacking));
      browser.evaluate(help);
      browser.await(
          "/too old: it has no %s/.test(document.getElementById('state-text').textContent)"
              .formatted(lacking));
      browser.evaluate("renew()");
    }
    browser.evaluate(help);
    browser.await("document.getElementById('state')?.dataset.state == 'ready'");
    lab.exit().kill();
    browser.await("document.getElementById('state').dataset.state == 'trouble'");
    browser.await("/exit cannot be reached/.test(document.getElementById('state-text').innerText)");
  }

  /** The status with which a browser with this token, encoded, is answered. */
  private String knock(String token) throws IOException {
    return lab.far()
        .run(
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
}
