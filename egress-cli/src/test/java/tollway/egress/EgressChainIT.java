// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;

/** The whole chain, every role a process of its own, on loopback, with curl as the program. */
final class EgressChainIT {
  @TempDir private Path directory;

  private Origin origin;
  private Chain chain;
  private JavaProcess market;
  private JavaProcess exit;
  private String freddie;
  private String invite;

  @BeforeEach
  void startServers() throws Exception {
    origin = new Origin();
    chain = new Chain(directory);
    market = chain.freddie();
    freddie = Chain.text(market.event("ready"), "url");
    exit = chain.egress(freddie, "--allow-private");
    invite = Chain.text(exit.event("ready"), "invite");
  }

  @AfterEach
  void stopEverything() {
    chain.close();
    origin.close();
  }

  @Test
  void aPageAndAFileComeByHttpProxyBySocksAndThroughTunnels() throws Exception {
    chain.widget(invite, "anna").event("ready");
    String proxy = proxyOf(connected(chain.desktop(invite)));
    assertThat(Chain.curl("-x", "http://" + proxy, url("/")).out()).isEqualTo("<h1>a page</h1>\n");
    assertThat(Chain.curl("--socks5-hostname", proxy, url("/").replace("127.0.0.1", "localhost")))
        .isEqualTo(new Chain.Curl(0, "<h1>a page</h1>\n"));
    assertThat(Chain.curl("-p", "-x", "http://" + proxy, url("/")).out())
        .isEqualTo("<h1>a page</h1>\n");
    // Two requests on one connection to the proxy.
    assertThat(Chain.curl("-x", "http://" + proxy, url("/a"), url("/b")).out())
        .isEqualTo("<h1>a page</h1>\n<h1>a page</h1>\n");
    Path file = directory.resolve("file");
    Chain.curl("--socks5-hostname", proxy, url("/blob/20"), "-o", file.toString());
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(20));
    Chain.curl("-x", "http://" + proxy, url("/blob/40"), "-o", file.toString());
    assertThat(Chain.sha256(file)).as("by plain HTTP").isEqualTo(Origin.sha256(40));
    String sent =
        Chain.curl("-x", "http://" + proxy, "--data-binary", "@" + file, url("/sha")).out();
    assertThat(sent).as("uploads arrive").isEqualTo(Origin.sha256(40));
  }

  @Test
  void theVolunteerThatCarriesADownloadMayVanish() throws Exception {
    JavaProcess anna = chain.widget(invite, "anna");
    anna.event("ready");
    JavaProcess desktop = connected(chain.desktop(invite));
    String proxy = proxyOf(desktop);
    JavaProcess bert = chain.widget(invite, "bert");
    bert.event("helping"); // The hot standby; anna, who was alone at first, carries.
    Path file = directory.resolve("file");
    Process curl =
        Chain.startCurl(
            "--limit-rate",
            "20M",
            "--socks5-hostname",
            proxy,
            url("/blob/60"),
            "-o",
            file.toString());
    Await.until(
        "half of the file is there", () -> Files.exists(file) && Files.size(file) > 30 << 20);
    anna.kill();
    Chain.Curl result = Chain.finish(curl);
    assertThat(result).isEqualTo(new Chain.Curl(0, ""));
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(60));
    assertThat(desktop.count("disconnected")).isZero();
    // A third volunteer takes the place of the one who has gone.
    JavaProcess carl = chain.widget(invite, "carl");
    carl.event("helping");
  }

  @Test
  void theExitDialsNoPrivateAddressUnlessTold() throws Exception {
    Chain other = new Chain(directory.resolve("strict"));
    try (other) {
      String strict = Chain.text(other.egress(freddie).event("ready"), "invite");
      other.widget(strict, "anna").event("ready");
      String proxy = proxyOf(connected(other.desktop(strict)));
      Chain.Curl literal =
          Chain.curl("-o", "/dev/null", "-w", "%{http_code}", "-x", proxy, url("/"));
      assertThat(literal.out()).isEqualTo("403");
      Chain.Curl named =
          Chain.curl(
              "-o",
              "/dev/null",
              "-w",
              "%{http_code}",
              "-x",
              proxy,
              url("/").replace("127.0.0.1", "localhost"));
      assertThat(named.out()).as("the policy comes after the name").isEqualTo("403");
      assertThat(Chain.curl("--socks5-hostname", proxy, url("/")).out()).contains("(2)");
    }
  }

  @Test
  void aWrongPinFailsClosedAndSaysSo() throws Exception {
    // The widget reaches the real egress under the name of another: the desktop must not be served.
    String forged = InviteForge.withOtherIdentity(invite);
    chain.widget(forged, "mallory").event("ready");
    JavaProcess desktop = chain.desktop(forged, "--wait", "8s");
    assertThat(desktop.exitCode()).isEqualTo(3);
    assertThat(String.join("\n", desktop.out())).contains("not the one that the invite pins");
    assertThat(desktop.count("connected")).isZero();
    assertThat(desktop.err()).singleElement().asString().contains("not reached within 8s");
  }

  @Test
  void failuresReachTheProgramWithTheirReason() throws Exception {
    chain.widget(invite, "anna").event("ready");
    String proxy = proxyOf(connected(chain.desktop(invite)));
    int closed = Chain.freePort();
    assertThat(status(proxy, "http://127.0.0.1:" + closed + "/")).isEqualTo("502");
    assertThat(status(proxy, "http://no-such-name.invalid/")).isEqualTo("502");
    assertThat(Chain.curl("--socks5-hostname", proxy, "http://127.0.0.1:" + closed + "/").out())
        .contains("(5)");
    assertThat(Chain.curl("http://" + proxy + "/").out()).contains("this is a proxy");
  }

  @Test
  void garbageOnEverySocketDisturbsNobody() throws Exception {
    JavaProcess anna = chain.widget(invite, "anna");
    anna.event("ready");
    JavaProcess desktop = connected(chain.desktop(invite));
    String proxy = proxyOf(desktop);
    Path file = directory.resolve("file");
    Process download =
        Chain.startCurl(
            "--limit-rate",
            "5M",
            "--socks5-hostname",
            proxy,
            url("/blob/20"),
            "-o",
            file.toString());
    List<JavaProcess> everybody = List.of(market, exit, anna, desktop);
    for (JavaProcess each : everybody) {
      assertThat(new Garbage().throwAt(each.process())).isNotEmpty();
    }
    assertThat(Chain.finish(download)).isEqualTo(new Chain.Curl(0, ""));
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(20));
    assertThat(status(proxy, url("/"))).isEqualTo("200");
    assertThat(desktop.count("disconnected")).isZero();
    chain.widget(invite, "bert").event("helping"); // freddie and the egress still take new ones.
    for (JavaProcess each : everybody) {
      assertThat(each.err()).noneMatch(line -> line.startsWith("\tat "));
    }
  }

  @Test
  void withoutAVolunteerRequestsFailWithTheReason() throws Exception {
    JavaProcess desktop = chain.desktop(invite);
    String proxy = proxyOf(desktop);
    Chain.Curl result = Chain.curl("-w", "%{http_code}", "-x", "http://" + proxy, url("/"));
    assertThat(result.out()).contains("no volunteer is free").endsWith("503");
  }

  @Test
  void everyRoleStopsOnSigtermWithZero() throws Exception {
    JavaProcess widget = chain.widget(invite, "anna");
    widget.event("ready");
    JavaProcess desktop = connected(chain.desktop(invite));
    assertThat(desktop.stop()).isZero();
    assertThat(widget.stop()).isZero();
    Chain other = new Chain(directory.resolve("other"));
    try (other) {
      JavaProcess egress = other.egress(freddie);
      egress.event("ready");
      assertThat(egress.stop()).isZero();
      assertThat(egress.err()).as("quiet").isEmpty();
    }
    assertThat(desktop.err()).as("quiet").isEmpty();
    assertThat(widget.err()).as("quiet").isEmpty();
  }

  private String url(String path) {
    return "http://127.0.0.1:" + origin.port() + path;
  }

  private static String status(String proxy, String url) throws Exception {
    return Chain.curl("-o", "/dev/null", "-w", "%{http_code}", "-x", "http://" + proxy, url).out();
  }

  private static JavaProcess connected(JavaProcess desktop) throws Exception {
    desktop.event("connected");
    return desktop;
  }

  private static String proxyOf(JavaProcess desktop) throws Exception {
    return Chain.text(desktop.event("listening"), "proxy");
  }
}
