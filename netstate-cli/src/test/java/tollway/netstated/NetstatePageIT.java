// SPDX-License-Identifier: Apache-2.0
package tollway.netstated;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Chromium;
import tollway.loop.NettyLoops;
import tollway.netstate.Edge;
import tollway.netstate.GraphLimits;
import tollway.netstate.NetstateReporter;
import tollway.netstate.NodeReport;
import tollway.netstate.ReporterConfig;
import tollway.netstate.Role;

/** The map in a real browser, with real reporters. */
final class NetstatePageIT {
  @TempDir Path profile;

  private final NettyLoops loops = new NettyLoops(1);
  private final HttpClient client = HttpClient.newHttpClient();
  private NetstateServer server;
  private Chromium browser;

  @BeforeEach
  void start() throws Exception {
    Chromium.require();
    server = serve(0);
    browser = Chromium.start(profile, 1280, 800);
    browser.open("http://127.0.0.1:" + server.address().getPort() + "/");
    browser.await("document.readyState == 'complete'");
    // Goes with a reload: that it stays proves that there was none.
    browser.evaluate("window.loadedOnce = true");
  }

  @AfterEach
  void stop() throws Exception {
    if (browser != null) {
      browser.stop();
      server.close();
    }
    loops.close();
  }

  @Test
  void nodesComeChangeAndGoWithoutReload() throws Exception {
    browser.await("document.body.innerText.includes('Nothing reported yet')");
    browser.await("document.getElementById('live-text').textContent == 'live'");

    try (NetstateReporter bob = reporter()) {
      NetstateReporter alice = reporter();
      alice.update(Cast.alice(Cast.idle(Cast.BOB, Role.WIDGET)));
      bob.update(Cast.bob(Cast.idle(Cast.ALICE, Role.DESKTOP), Cast.idle(Cast.EXIT, Role.EGRESS)));
      // Bob's report alone shows both links, with Alice as a node that others speak of.
      browser.await("document.querySelectorAll('.link.idle').length == 2");
      browser.await(
          "document.querySelector('#nodes .node.role-desktop text').textContent == 'alice'");
      assertThat(shown("#nodes .node.role-widget text")).isEqualTo("bob");
      assertThat(count(".node.role-egress.ghost")).isEqualTo("1");
      assertThat(count(".link.active")).isEqualTo("0");
      assertThat(browser.evaluate("document.getElementById('empty').hidden")).isEqualTo("true");

      alice.update(Cast.alice(Cast.active(Cast.BOB, Role.WIDGET, 1_500_000)));
      browser.await("document.querySelectorAll('.link.active').length == 1");
      assertThat(count(".link.idle")).isEqualTo("1");
      assertThat(shown("#rates .rate:not(.none)")).isEqualTo("1.5 MB/s");
      assertThat(
              browser.evaluate(
                  "getComputedStyle(document.querySelector('.link.active .base')).stroke != "
                      + "getComputedStyle(document.querySelector('.link.idle .base')).stroke"))
          .isEqualTo("true");

      alice.close();
      // Bob still names her, but she herself is silent.
      browser.await("document.querySelectorAll('.node.role-desktop.ghost').length == 1");
    }
    browser.await("document.body.innerText.includes('Nothing reported yet')");
    assertThat(browser.evaluate("window.loadedOnce")).isEqualTo("true");
    assertOnlyOwnRequests();
  }

  @Test
  void tagsAreTextAndNothingElse() throws Exception {
    String tag = "<img src=//evil.example onerror=window.hit=1>\"'&";
    try (NetstateReporter mallory = reporter()) {
      mallory.update(
          new NodeReport(Cast.ALICE, Role.DESKTOP, tag, List.of(Cast.idle(Cast.BOB, Role.WIDGET))));
      browser.await("document.querySelectorAll('.node').length == 2");
      assertThat(browser.evaluate("document.querySelector('.node.role-desktop').dataset.tag"))
          .isEqualTo(tag);
      browser.evaluate(
          "document.querySelector('.node.role-desktop')"
              + ".dispatchEvent(new PointerEvent('pointerenter'))");
      assertThat(shown("#tip b")).isEqualTo(tag);
      browser.evaluate("document.getElementById('view').click()");
      assertThat(shown("#rows td")).startsWith(tag);
      assertThat(count("img, #tip img, #rows img")).isEqualTo("0");
      assertThat(browser.evaluate("window.hit")).isEqualTo("undefined");
    }
    assertOnlyOwnRequests();
  }

  @Test
  void threeHundredNodesStayReadable() throws Exception {
    List<NodeReport> reports =
        IntStream.range(0, 300).mapToObj(NetstatePageIT::oneOfThreeHundred).toList();
    for (NodeReport report : reports) {
      post(report);
    }
    browser.await("document.querySelectorAll('.node').length == 300");
    browser.await(
        "!document.getAnimations().some(a => a instanceof CSSTransition)"); // All arrived.
    assertThat(
            browser.evaluate(
                """
                (() => {
                  const boxes = [...document.querySelectorAll('.node .disc')].map(d => d.getBoundingClientRect());
                  const stage = document.getElementById('map').getBoundingClientRect();
                  const out = boxes.filter(b => b.left < stage.left || b.right > stage.right || b.top < stage.top || b.bottom > stage.bottom).length;
                  let touching = 0;
                  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
                    if (Math.hypot(a.x - b.x, a.y - b.y) < (a.width + b.width) / 2 - 1) touching++;
                  }));
                  return out + ' outside, ' + touching + ' touching, ' + (boxes[0].width >= 10 ? 'visible' : 'too small');
                })()
                """
                    .strip()))
        .isEqualTo("0 outside, 0 touching, visible");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void findsAServerThatCameBack() throws Exception {
    int port = server.address().getPort();
    browser.await("document.getElementById('live-text').textContent == 'live'");
    server.close();
    browser.await("document.getElementById('live').classList.contains('off')");
    server = serve(port);
    try (NetstateReporter alice = reporter()) {
      alice.update(Cast.alice());
      browser.await("document.querySelectorAll('.node').length == 1");
    }
    assertThat(browser.evaluate("document.getElementById('live-text').textContent"))
        .isEqualTo("live");
    assertThat(browser.evaluate("window.loadedOnce")).isEqualTo("true");
  }

  private static NodeReport oneOfThreeHundred(int i) {
    Role role = i < 140 ? Role.DESKTOP : i < 290 ? Role.WIDGET : Role.EGRESS;
    List<Edge> edges =
        switch (role) {
          case DESKTOP ->
              List.of(
                  Cast.active(Cast.node(140 + i), Role.WIDGET, 1000L * i),
                  Cast.idle(Cast.node(140 + (i + 70) % 150), Role.WIDGET));
          case WIDGET -> List.of(Cast.idle(Cast.node(290 + i % 10), Role.EGRESS));
          case EGRESS -> List.of();
        };
    return new NodeReport(Cast.node(i), role, "node " + i, edges);
  }

  private NetstateServer serve(int port) throws Exception {
    return NetstateServer.start(
        loops,
        new ServeConfig(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            Cast.TOKEN,
            new GraphLimits(1000, 5000, Duration.ofSeconds(60))));
  }

  private NetstateReporter reporter() {
    return NetstateReporter.start(
        ReporterConfig.of("http://127.0.0.1:" + server.address().getPort(), Cast.TOKEN));
  }

  private void post(NodeReport report) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + "/v1/report"))
            .setHeader("Authorization", "Bearer " + Cast.SECRET)
            .POST(HttpRequest.BodyPublishers.ofByteArray(Cast.body(report, 1).toArray()))
            .build();
    assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
        .isEqualTo(204);
  }

  private String shown(String selector) throws Exception {
    return browser.evaluate("document.querySelector('" + selector + "').textContent");
  }

  private String count(String selector) throws Exception {
    return browser.evaluate("document.querySelectorAll('" + selector + "').length");
  }

  private void assertOnlyOwnRequests() {
    String own = "http://127.0.0.1:" + server.address().getPort() + "/";
    assertThat(browser.requests())
        .isNotEmpty()
        .allMatch(url -> url.equals(own) || url.equals(own + "v1/events"));
    assertThat(browser.complaints()).isEmpty();
  }
}
