// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Said;

/** What goes wrong is named alike in status, events and metrics, at all three ends. */
final class ErrorCausesIT {
  @TempDir private Path directory;

  private Chain chain;

  @BeforeEach
  void makeChain() {
    chain = new Chain(directory);
  }

  @AfterEach
  void stopEverything() {
    chain.close();
  }

  @Test
  void everyCauseIsCountedToldAndShown() throws Exception {
    Owner exit = new Owner(directory.resolve("e"));
    Owner anna = new Owner(directory.resolve("a"));
    Owner user = new Owner(directory.resolve("d"));
    String ofWidget = "127.0.0.1:" + Chain.freePort();
    String ofDesktop = "127.0.0.1:" + Chain.freePort();
    JavaProcess freddie = chain.freddie();
    JavaProcess egress =
        chain.egress(
            Chain.text(freddie.event("ready"), "url"),
            "--allow-private",
            "--control",
            exit.socket().toString());
    String invite = Chain.text(egress.event("ready"), "invite");
    JavaProcess widget =
        chain.widget(invite, "anna", "--control", anna.socket().toString(), "--metrics", ofWidget);
    JavaProcess desktop =
        chain.desktop(invite, "--control", user.socket().toString(), "--metrics", ofDesktop);
    desktop.event("connected");
    String proxy = Chain.text(desktop.event("listening"), "proxy");

    CompletableFuture<Said> heard =
        CompletableFuture.supplyAsync(
            () -> exit.says("events", "--json", "--until", "errors", "--wait", "60s"));
    String nobody = "http://127.0.0.1:" + Chain.freePort() + "/";
    Await.until(
        "somebody hears of it",
        () -> {
          Chain.curl("-x", "http://" + proxy, "-o", "/dev/null", nobody);
          return heard.isDone();
        });
    String[] events = heard.get(1, TimeUnit.SECONDS).out().strip().split("\n");
    assertThat(JsonParser.parseString(events[events.length - 1]).getAsJsonObject().get("refused"))
        .isNotNull();
    assertThat(exit.status().getAsJsonObject("errors").get("refused").getAsInt()).isPositive();
    JsonObject last = exit.status().getAsJsonObject("lastError");
    assertThat(last.get("cause").getAsString()).isEqualTo("refused");
    assertThat(last.get("ageSeconds").getAsInt()).isBetween(0, 60);
    assertThat(last.has("why")).as("destinations are nobody's business").isFalse();
    assertThat(Chain.metric(egress, "egress_errors_total{cause=\"refused\"}")).isPositive();
    assertThat(Chain.metric(egress, "egress_errors_total{cause=\"bad_token\"}")).isZero();
    assertThat(user.status().getAsJsonObject("refused").get("refused").getAsInt()).isPositive();
    assertThat(page(ofDesktop))
        .contains("egress_desktop_ready 1.0\n")
        .containsPattern("egress_desktop_refused_total\\{cause=\"refused\"} [1-9]")
        .contains("egress_desktop_errors_total{cause=\"wrong_pin\"} 0.0\n");

    freddie.kill();
    assertThat(Chain.text(widget.event("error"), "cause")).isEqualTo("freddie_away");
    assertThat(Chain.text(desktop.event("error"), "cause")).isEqualTo("freddie_away");
    egress.kill();
    Await.until("the link is down", () -> errors(anna).has("link_lost"));
    assertThat(errors(anna).get("freddie_away").getAsInt()).isPositive();
    assertThat(anna.status().getAsJsonObject("lastError").get("ageSeconds").getAsInt())
        .isBetween(0, 60);
    assertThat(anna.says("status").out()).contains("last error").contains("age seconds");
    assertThat(page(ofWidget))
        .containsPattern("egress_widget_errors_total\\{cause=\"link_lost\"} [1-9]")
        .contains("egress_widget_ends_total{cause=\"leaving\"} 0.0\n");
    Await.until("the path is lost", () -> errors(user).has("path_lost"));
    assertThat(page(ofDesktop))
        .containsPattern("egress_desktop_errors_total\\{cause=\"path_lost\"} [1-9]");
  }

  private static JsonObject errors(Owner owner) {
    return owner.status().getAsJsonObject("errors");
  }

  private static String page(String address) throws Exception {
    return Chain.curl("http://" + address + "/metrics").out();
  }
}
