// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.scrooge.MeshLab.Node;

/** What is counted for whom, by real packets: A – B – C. */
final class MeteringIT extends LineOfThree {
  /** From and for a neighbour, in bytes. */
  private record Used(long from, long back) {
    Used seenFromTheOther() {
      return new Used(/* from= */ back, /* back= */ from);
    }

    Used plus(long more) {
      return new Used(from + more, back + more);
    }
  }

  @Test
  void usageIsWhatWentThroughAndSurvivesWhateverHappensToUs() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    Used before = used(lab.b, lab.a);
    long sent = pings(lab);
    Used wanted = before.plus(sent);
    assertThat(used(lab.b, lab.a)).isEqualTo(wanted);
    assertThat(used(lab.b, lab.c))
        .as("what came from one went to the other")
        .isEqualTo(wanted.seenFromTheOther());

    lab.b.kill();
    wanted = wanted.plus(pings(lab)); // The tunnels live, the kernel forwards and counts.
    assertThat(used(lab.b, lab.a)).as("nobody has looked yet").isNotEqualTo(wanted);
    lab.b.start("b*");
    Await.until("both are open again", () -> lab.b.hasOpenTunnels(2));
    assertThat(used(lab.b, lab.a)).isEqualTo(wanted);
    wanted = wanted.plus(pings(lab));
    assertThat(used(lab.b, lab.a)).isEqualTo(wanted);

    lab.b.netns.run("nft", "delete", "table", "inet", "tollway");
    Await.until(
        "the policy is back",
        () -> lab.b.netns.succeeds("nft", "list", "table", "inet", "tollway"));
    lab.awaitThrough();
    assertThat(used(lab.b, lab.a).from()).as("what was known stays").isGreaterThan(wanted.from());

    wanted = used(lab.b, lab.a);
    wanted = wanted.plus(pings(lab));
    assertThat(lab.b.terminate()).isZero();
    assertThat(used(lab.b, lab.a)).as("read once more at the end").isEqualTo(wanted);
    lab.b.start("b*");
    lab.awaitThrough();
    assertThat(used(lab.b, lab.a).from()).isGreaterThan(wanted.from());
    assertThat(Files.exists(lab.b.state.resolve("node.db"))).isTrue();
  }

  @Test
  void usageIsExported() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    pings(lab);
    String key = lab.a.identity.nodeId().base64();
    String[] at = {"--control", lab.b.control.toString(), "--state", lab.b.state.toString()};
    Shell csv =
        Shell.scrooge("usage", "--csv", "--hours", "--since", "2d", at[0], at[1], at[2], at[3]);
    assertThat(csv.out())
        .startsWith("start,publicKey,fromPackets,fromBytes,forPackets,forBytes\r\n")
        .contains("," + key + ",");
    Shell table = Shell.scrooge("usage", at[0], at[1], at[2], at[3]);
    assertThat(table.out()).startsWith("START").contains(key).hasLineCount(3);
    assertThat(Shell.scrooge("usage", "--since", "2100-01-01", at[0], at[1], at[2], at[3]).out())
        .hasLineCount(1);
    assertThat(Shell.scrooge("usage", "--since", "soon", at[0], at[1], at[2], at[3]).exitCode())
        .isEqualTo(2);
    Shell nowhere = Shell.scrooge("usage", "--state", directory.resolve("no").toString());
    assertThat(nowhere.exitCode()).isEqualTo(1);
  }

  @Test
  void neighborsSignForEachOtherWhatWasForwarded() throws Exception {
    MeshLab lab = lab();
    lab.a.start("ab", "--receipts", "1s");
    lab.b.start("b*", "--receipts", "1s");
    lab.c.start("cb", "--receipts", "off"); // Answers all the same.
    lab.awaitThrough();
    pings(lab);
    for (Node neighbor : List.of(lab.a, lab.c)) {
      Await.until(
          "B and its neighbour agree about all of it",
          () ->
              claimed(lab.b, neighbor) == used(lab.b, neighbor).from()
                  && claimed(neighbor, neighbor) == claimed(lab.b, neighbor));
    }
    assertThat(receipts(lab.a)).as("A forwards nothing").allMatch(each -> issuedBy(each, lab.b));
    Path export = directory.resolve("export.json");
    Files.writeString(export, lab.b.ask("receipts", "--state", lab.b.state.toString()).out());
    Shell verified = Shell.scrooge("receipts", "verify", export.toString());
    assertThat(verified.exitCode()).as(verified.err()).isZero();
    assertThat(verified.out()).contains("agreed").contains("both");
    assertThat(lab.logs()).doesNotContain("do not agree");

    long before = used(lab.b, lab.a).from();
    pings(lab);
    assertThat(lab.b.terminate()).isZero();
    assertThat(claimedAtAll(lab.b, lab.a)).as("at the end, too").isEqualTo(before + 20 * 1028);
    lab.b.start("b*", "--receipts", "1s");
    Await.until("nothing is claimed twice", () -> claimed(lab.b, lab.a) >= before + 20 * 1028);
    assertThat(claimedAtAll(lab.b, lab.a)).isEqualTo(used(lab.b, lab.a).from());
  }

  /** Bytes from {@code neighbor} in receipts about it, which B issued and it agreed to. */
  private static long claimed(Node at, Node neighbor) {
    return receipts(at).stream()
        .filter(each -> each.get("verdict").getAsString().equals("agreed"))
        .filter(each -> isAbout(each, neighbor))
        .mapToLong(each -> each.get("fromBytes").getAsLong())
        .sum();
  }

  private static long claimedAtAll(Node at, Node neighbor) {
    return receipts(at).stream()
        .filter(each -> isAbout(each, neighbor))
        .mapToLong(each -> each.get("fromBytes").getAsLong())
        .sum();
  }

  private static boolean isAbout(JsonObject receipt, Node neighbor) {
    return receipt.get("neighbor").getAsString().equals(neighbor.identity.nodeId().base64());
  }

  private static boolean issuedBy(JsonObject receipt, Node issuer) {
    return receipt.get("issuer").getAsString().equals(issuer.identity.nodeId().base64());
  }

  private static List<JsonObject> receipts(Node node) {
    Shell told = node.ask("receipts", "--state", node.state.toString());
    assertThat(told.exitCode()).as(told.err()).isZero();
    List<JsonObject> all = new ArrayList<>();
    JsonParser.parseString(told.out())
        .getAsJsonObject()
        .getAsJsonArray("receipts")
        .forEach(each -> all.add(each.getAsJsonObject()));
    return all;
  }

  @Test
  void anOperatorSeesChecksAndRemovesThePolicy() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    pings(lab);
    String control = lab.b.control.toString();
    String key = lab.a.identity.nodeId().base64();
    assertThat(lab.b.says("firewall", "show"))
        .contains("strict", key)
        .containsPattern("forwarded +\\d+ +\\d+")
        .containsPattern("bridges +pass on nothing of b\\*");
    JsonObject shown =
        JsonParser.parseString(lab.b.says("firewall", "show", "--json")).getAsJsonObject();
    assertThat(shown.getAsJsonArray("tunnels")).hasSize(2);
    assertThat(lab.b.says("firewall", "check", "--control", control)).contains("as it should");
    assertThat(says(lab.b, "firewall", "remove", "--control", control).exitCode()).isEqualTo(2);
    assertThat(says(lab.b, "firewall", "remove", "--control", "/nowhere").stderr())
        .as("a daemon on another socket")
        .contains("UDP port 8481 is in use here");
    lab.b.kill();
    assertThat(lab.b.says("firewall", "check", "--control", control)).contains("as it should");
    lab.b.netns.run("nft", "flush", "chain", "inet", "tollway", "reverse");
    HostCommand.Result deviating = says(lab.b, "firewall", "check", "--control", control);
    assertThat(deviating.exitCode()).isEqualTo(1);
    assertThat(deviating.stdout())
        .contains("table inet tollway chain reverse lacks: counter name spoofed drop");
    assertThat(lab.b.says("firewall", "remove", "--control", control)).isEmpty();
    assertThat(lab.b.netns.run("nft", "list", "tables")).isEmpty();
    assertThat(says(lab.b, "firewall", "show").exitCode()).isEqualTo(1);
    assertThat(says(lab.b, "firewall", "remove", "--control", control).exitCode()).isEqualTo(1);
  }

  private static HostCommand.Result says(Node node, String... command) throws IOException {
    return node.netns.attempt("", Node.scrooge(List.of(command)).toArray(new String[0]));
  }

  /** Twenty echo requests of 1,028 bytes from A to C, answered; their bytes one way. */
  private static long pings(MeshLab lab) throws IOException {
    assertThat(
            lab.a.netns.run(
                "ping",
                "-n",
                "-c",
                "20",
                "-i",
                "0.01",
                "-s",
                "1000",
                "-I",
                "10.77.0.1",
                "10.77.0.3"))
        .contains("20 received");
    return 20 * 1028;
  }

  private static Used used(Node node, Node neighbor) {
    Shell told = node.ask("usage", "--state", node.state.toString());
    assertThat(told.exitCode()).as(told.err()).isZero();
    long from = 0;
    long back = 0;
    for (JsonElement each :
        JsonParser.parseString(told.out()).getAsJsonObject().getAsJsonArray("usage")) {
      JsonObject row = each.getAsJsonObject();
      if (row.get("publicKey").getAsString().equals(neighbor.identity.nodeId().base64())) {
        from += row.get("fromBytes").getAsLong();
        back += row.get("forBytes").getAsLong();
      }
    }
    return new Used(from, back);
  }
}
