// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Said;
import tollway.pipeline.Invite;
import tollway.pipeline.InviteCodec;

/** Volunteers who get on by way of other volunteers, every role a process of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HopsIT {
  private Path directory;
  private Origin origin;
  private Chain chain;
  private String invite;
  private JavaProcess far;
  private Owner middle;

  @BeforeAll
  void startTheChain(@TempDir Path temporary) throws Exception {
    directory = temporary;
    origin = new Origin();
    chain = new Chain(directory);
    String freddie = Chain.text(chain.freddie().event("ready"), "url");
    invite = Chain.text(chain.egress(freddie, "--allow-private").event("ready"), "invite");
    far = chain.widget(invite, "far", "--slots", "20");
    middle = new Owner(directory.resolve("middle"));
    chain
        .widget(invite, "middle", "--via", "volunteers", "--control", middle.socket().toString())
        .event("ready");
    far.event("ready");
  }

  @AfterAll
  void stopEverything() {
    chain.close();
    origin.close();
  }

  @Test
  void aFourthVolunteerIsRefused() throws Exception {
    Invite read = InviteCodec.decode(invite);
    try (Stranger asksForFour = new Stranger(read, 0, "tollway-path/3");
        Stranger asksForOne = new Stranger(read, 1, "tollway-path/0");
        Stranger asksForTwo = new Stranger(read, 1, "tollway-path/1")) {
      assertThat(asksForFour.outcome()).contains("fewer volunteers");
      assertThat(asksForOne.outcome()).contains("fewer volunteers");
      assertThat(asksForTwo.outcome()).as("the egress's question").isEqualTo("type 16");
    }
  }

  @Test
  void aDownloadGoesThroughTwoVolunteersAndOutlivesTheFarOne() throws Exception {
    JavaProcess desktop = chain.desktop(invite, "--min-hops", "2");
    desktop.event("connected");
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    assertThat(nextOf(middle)).contains(brief(far));
    Path file = directory.resolve("file");
    Process curl =
        Chain.startCurl(
            "--limit-rate",
            "20M",
            "--socks5-hostname",
            proxy,
            "http://127.0.0.1:" + origin.port() + "/blob/30",
            "-o",
            file.toString());
    JavaProcess other = chain.widget(invite, "other");
    other.event("ready");
    Await.until(
        "half of the file is there", () -> Files.exists(file) && Files.size(file) > 15 << 20);
    far.kill();
    assertThat(Chain.finish(curl)).isEqualTo(new Chain.Curl(0, ""));
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(30));
    assertThat(desktop.count("disconnected")).isZero();
    assertThat(other.count("helping")).isPositive();
    assertThat(nextOf(middle)).contains(brief(other)).doesNotContain(brief(far));
    desktop.stop();
  }

  @Test
  void aPageComesThroughThree() throws Exception {
    JavaProcess second = chain.widget(invite, "second", "--via", "auto");
    second.event("ready");
    JavaProcess desktop = chain.desktop(invite, "--min-hops", "3", "--paths", "1");
    desktop.event("connected");
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    assertThat(Chain.curl("-x", "http://" + proxy, "http://127.0.0.1:" + origin.port() + "/").out())
        .isEqualTo("<h1>a page</h1>\n");
    desktop.stop();
    second.stop();
  }

  @Test
  void aDesktopCannotAskForFourOrForSomeAndNone() {
    String[] four = {"desktop", "--invite", invite, "--min-hops", "4"};
    Said said = Owner.run(Map.of(), "", four);
    assertThat(said.exitCode()).isEqualTo(2);
    assertThat(said.err()).contains("--min-hops: give a number from 1 to 3");
    String[] both = {"desktop", "--invite", invite, "--min-hops", "2", "--direct", "auto"};
    assertThat(Owner.run(Map.of(), "", both).err()).contains("give one of them");
  }

  /** By way of whom the people of a volunteer go on. */
  private static List<String> nextOf(Owner owner) {
    List<String> next = new ArrayList<>();
    for (JsonElement slot : owner.status().getAsJsonArray("slots")) {
      JsonObject person = slot.getAsJsonObject();
      assertThat(person.get("distance").getAsInt()).isEqualTo(1);
      if (person.has("next")) {
        next.add(person.get("next").getAsString());
      }
    }
    return next;
  }

  private static String brief(JavaProcess widget) throws Exception {
    return Chain.text(widget.event("ready"), "node").substring(0, 8);
  }
}
