// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.Chromium;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/** A volunteer who has nothing but a browser, and a wire to the person that loses something. */
final class BrowserStripesIT {
  @TempDir private Path directory;
  @TempDir private Path profile;

  private BrowserLab lab;

  @BeforeEach
  void build() throws Exception {
    Chromium.require();
    Netns.require("ip", "curl", "python3");
    lab = new BrowserLab(directory, profile, Optional.of(new BrowserLab.Road(50, 1)));
  }

  @AfterEach
  void end() throws Exception {
    if (lab != null) {
      lab.close();
    }
  }

  @Test
  void aSlowDownloadIsSpreadOverSeveralAssociationsAndGoesOnWithoutThem() throws Exception {
    Chromium browser = lab.browser();
    lab.help();
    Owner person = new Owner(directory.resolve("control"));
    JavaProcess desktop = lab.desktop("--paths", "1", "--control", person.socket().toString());
    desktop.event("connected");
    assertThat(carrying(person)).as("before anything was slow").hasSize(1);
    Path file = directory.resolve("file");
    assertThat(Chain.finish(lab.download(desktop, 5, file)).exitCode()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(5));
    Await.until(
        "four associations carry",
        () -> {
          assertThat(browser.complaints()).isEmpty();
          return carrying(person).size() == 4;
        });
    browser.await("document.getElementById('state-text').textContent == 'Helping one person.'");
    assertThat(browser.evaluate("document.getElementById('helped').textContent")).isEqualTo("1");

    List<Long> before = carrying(person);
    assertThat(Chain.finish(lab.download(desktop, 5, file)).exitCode()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(5));
    List<Long> after = carrying(person);
    assertThat(after).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(after.get(i) - before.get(i)).as("association %d", i).isGreaterThan(100_000);
    }

    lab.widget().event("ready");
    Path second = directory.resolve("second");
    Process running = lab.download(desktop, 5, second);
    Await.until("a third of it", () -> Files.exists(second) && Files.size(second) > (5 << 20) / 3);
    browser.evaluate("document.getElementById('stop').click()");
    assertThat(Chain.finish(running).exitCode()).isZero();
    assertThat(Chain.sha256(second)).isEqualTo(Origin.sha256(5));
    assertThat(desktop.count("disconnected")).isZero();
    assertThat(carrying(person)).as("the other volunteer").hasSize(1);
    assertThat(browser.complaints()).isEmpty();
  }

  /** What came over each path that carries, in bytes. */
  private static List<Long> carrying(Owner person) {
    List<Long> received = new ArrayList<>();
    for (JsonElement path : person.status().getAsJsonArray("paths")) {
      if (path.getAsJsonObject().get("state").getAsString().equals("active")) {
        received.add(path.getAsJsonObject().get("receivedBytes").getAsLong());
      }
    }
    return received;
  }
}
