// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Said;

/** The chain where one end's machine has no native libraries: no QUIC, and no epoll either. */
final class WithoutQuicIT {
  @TempDir private Path directory;

  private Origin origin;
  private Chain chain;
  private String freddie;

  @BeforeEach
  void startFreddie() throws Exception {
    origin = new Origin();
    chain = new Chain(directory);
    freddie = Chain.text(chain.freddie().event("ready"), "url");
  }

  @AfterEach
  void stopEverything() {
    chain.close();
    origin.close();
  }

  @Test
  void aDesktopWithoutItReachesAnyExitAndItsVolunteerMayVanish() throws Exception {
    String invite = invite();
    JavaProcess anna = chain.widget(invite, "anna");
    anna.event("ready");
    chain.withoutNatives(true);
    JavaProcess desktop = chain.desktop(invite);
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    desktop.event("connected");
    assertThat(transport(desktop)).isEqualTo("dtls");
    assertThat(Chain.text(desktop.event("connected"), "text")).contains("no QUIC");
    Path file = directory.resolve("file");
    Chain.curl("-x", "http://" + proxy, url("/blob/20"), "-o", file.toString());
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(20));
    String sent =
        Chain.curl("-x", "http://" + proxy, "--data-binary", "@" + file, url("/sha")).out();
    assertThat(sent).as("uploads arrive").isEqualTo(Origin.sha256(20));

    chain.withoutNatives(false);
    chain.widget(invite, "bert").event("helping");
    Files.delete(file);
    Process curl =
        Chain.startCurl(
            "--limit-rate",
            "10M",
            "--socks5-hostname",
            proxy,
            url("/blob/40"),
            "-o",
            file.toString());
    Await.until(
        "half of the file is there", () -> Files.exists(file) && Files.size(file) > 20 << 20);
    anna.kill();
    assertThat(Chain.finish(curl)).isEqualTo(new Chain.Curl(0, ""));
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(40));
    assertThat(desktop.count("disconnected")).isZero();
  }

  @Test
  void anExitWithoutItIsReachedByAnyDesktop() throws Exception {
    chain.withoutNatives(true);
    String invite = invite();
    chain.withoutNatives(false);
    chain.widget(invite, "anna").event("ready");
    JavaProcess desktop = chain.desktop(invite);
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    desktop.event("connected");
    assertThat(transport(desktop)).isEqualTo("dtls");
    Path file = directory.resolve("file");
    Chain.curl("-x", "http://" + proxy, url("/blob/20"), "-o", file.toString());
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(20));
    Said doctor = Owner.run(Map.of(), "", "doctor", "--invite", invite, "--include-loopback");
    assertThat(doctor.out()).contains("the session is ready over DTLS");
    assertThat(doctor.exitCode()).isZero();
  }

  @Test
  void whoHasItUsesIt() throws Exception {
    String invite = invite();
    chain.widget(invite, "anna").event("ready");
    JavaProcess desktop = chain.desktop(invite);
    desktop.event("connected");
    assertThat(transport(desktop)).isEqualTo("quic");
  }

  private String invite() throws Exception {
    return Chain.text(chain.egress(freddie, "--allow-private").event("ready"), "invite");
  }

  private static String transport(JavaProcess desktop) throws Exception {
    return Chain.text(desktop.event("connected"), "transport");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + origin.port() + path;
  }
}
