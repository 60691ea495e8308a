// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tollway.cli.ExitCode;
import tollway.exec.HostCommand;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.scrooge.MeshLab.Node;
import tollway.tunnel.TunnelNames;

/** What an operator, and bad luck, can do to tunnels: two daemons, or one and a crowd. */
final class ScroogeTunnelsIT extends AliceAndBob {
  private static final Pattern LOSS =
      Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

  private String bobsKey() {
    return bob().identity.nodeId().base64();
  }

  private void startBoth(String... more) throws Exception {
    alice().startIn(List.of(), "ab", more);
    bob().start("ba");
    Await.until("there is a tunnel", () -> alice().hasOpenTunnels(1) && bob().hasOpenTunnels(1));
  }

  /** Bob's address in the tunnel, with the tunnel's name. */
  private String through() {
    JsonObject tunnel = alice().tunnels().get(0);
    return tunnel.get("address").getAsString() + "%" + tunnel.get("tunnel").getAsString();
  }

  private String listenPort() throws IOException {
    String name = alice().tunnels().get(0).get("tunnel").getAsString();
    return alice().netns.run("wg", "show", name, "public-key");
  }

  @Test
  void aPlanChangesNothing() throws Exception {
    startBoth();
    Await.until("it carries", () -> alice().netns.pings(through()));
    String name = alice().tunnels().get(0).get("tunnel").getAsString();
    String before = listenPort();
    Shell plan =
        Shell.scrooge(
            "plan",
            "-i",
            "ab",
            "--public-key",
            alice().identity.nodeId().base64(),
            "--neighbor",
            bobsKey() + "%ab",
            "--backend",
            "wireguard-go");
    assertThat(plan.exitCode()).as(plan.err()).isZero();
    assertThat(plan.out()).contains(name);
    assertThat(alice().netns.pings(through())).as("the tunnel of that very name").isTrue();
    assertThat(listenPort()).isEqualTo(before);
  }

  @Test
  void oneDaemonForEachState() throws Exception {
    alice().start("ab");
    HostCommand.Result second =
        bob()
            .netns
            .attempt(
                "",
                Node.scrooge(
                        List.of(
                            "run",
                            "-i",
                            "ba",
                            "--key",
                            bob().key.toString(),
                            "--state",
                            alice().state.toString(),
                            "--control",
                            directory.resolve("other").toString()))
                    .toArray(new String[0]));
    assertThat(second.exitCode()).as(second.stderr()).isEqualTo(ExitCode.USAGE);
    assertThat(second.stderr())
        .isEqualTo("scrooge: --state: another process uses '" + alice().state + "'\n");
  }

  @Test
  void freshKeysCostNoMoreThanTheExchange() throws Exception {
    startBoth();
    String before = listenPort();
    Await.until("it carries", () -> alice().netns.pings(through()));
    // A neighbour that asks again within a second is put off.
    Await.until(
        "it is settled",
        () -> alice().tunnels().get(0).get("handshakeSecondsAgo").getAsLong() >= 2);
    Path log = directory.resolve("pings");
    Process pings =
        alice()
            .netns
            .start(log, Map.of(), "ping", "-n", "-i", "0.01", "-c", "600", "-W", "1", through());
    Shell said = alice().ask("tunnel", "refresh", bobsKey().substring(0, 10), "--wait");
    assertThat(said.exitCode()).as(said.err()).isZero();
    assertThat(said.out()).contains("\"state\":\"TUNNEL\"");
    assertThat(pings.waitFor()).isZero();
    assertThat(listenPort()).isNotEqualTo(before);
    Matcher counts = LOSS.matcher(Files.readString(log));
    assertThat(counts.find()).isTrue();
    int lost = Integer.parseInt(counts.group(1)) - Integer.parseInt(counts.group(2));
    System.err.println("lost while keys were made anew: " + lost * 10 + " ms of pings");
    assertThat(lost).as("of 600 pings, 10 ms apart").isLessThan(150);
    assertThat(alice().netns.run("ip", "-6", "route", "show")).contains("fe80::/64 dev tw");
  }

  @Test
  void rotationRenewsKeysByItself() throws Exception {
    startBoth("--rotate", "10s");
    String before = listenPort();
    Await.until(
        "other keys",
        Duration.ofMinutes(1),
        () -> alice().hasOpenTunnels(1) && !listenPort().equals(before));
    Await.until("it carries", () -> alice().netns.pings(through()));
  }

  @Test
  void aClosedTunnelStaysClosedUntilItIsOpened() throws Exception {
    startBoth();
    Shell closed = alice().ask("tunnel", "close", bobsKey() + "%ab");
    assertThat(closed.exitCode()).as(closed.err()).isZero();
    assertThat(alice().netns.run("ip", "-o", "link", "show")).doesNotContain(": tw");
    assertThat(bob().ask("tunnel", "refresh", alice().identity.nodeId().base64()).exitCode())
        .isZero();
    Await.until(
        "Bob's request is refused",
        () -> alice().status().getAsJsonObject("messages").has("TUNNEL_CLOSED"));
    assertThat(alice().tunnels()).isEmpty();
    assertRefused(alice().ask("tunnel", "refresh", bobsKey()), "that tunnel is closed");
    Shell opened = alice().ask("tunnel", "open", bobsKey(), "--wait", "30s");
    assertThat(opened.exitCode()).as(opened.err()).isZero();
    assertThat(alice().hasOpenTunnels(1)).isTrue();
    assertThat(alice().ask("tunnel", "close", bobsKey(), "--for", "2s").exitCode()).isZero();
    Await.until("it opens by itself", () -> alice().hasOpenTunnels(1));
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    alice().start("ab");
    assertRefused(
        alice().ask("tunnel", "close", "nobody"),
        "'nobody' is not the beginning of a neighbour's key");
    bob().start("ba");
    Await.until("there is a tunnel", () -> alice().hasOpenTunnels(1));
    assertRefused(alice().ask("tunnel", "open", bobsKey() + "%eth9"), "is not on 'eth9'");
    assertThat(alice().ask("tunnel", "close", bobsKey(), "--for", "soon").exitCode()).isEqualTo(2);
    assertThat(alice().ask("tunnel", "open", bobsKey(), "--wait").exitCode()).isZero();
  }

  private static void assertRefused(Shell said, String why) {
    assertThat(said.exitCode()).as(said.out()).isEqualTo(1);
    assertThat(said.err()).contains(why);
    assertThat(said.err().strip().lines()).hasSize(1);
  }

  @Test
  void anInterfaceOfSomebodyElseIsLeftAlone() throws Exception {
    String name =
        TunnelNames.interfaceName(
            alice().identity.nodeId().key(), bob().identity.nodeId().key(), "ab");
    alice().netns.run("ip", "link", "add", name, "type", "bridge");
    alice().netns.run("ip", "address", "add", "192.0.2.1/32", "dev", name);
    alice().start("ab");
    bob().start("ba");
    Await.until(
        "it is said", () -> Files.readString(alice().log).contains(name + " is not ours: rename"));
    assertThat(alice().tunnels()).noneMatch(each -> each.toString().contains("\"TUNNEL\""));
    assertThat(alice().netns.run("ip", "-d", "address", "show", "dev", name))
        .contains("bridge", "192.0.2.1/32")
        .doesNotContain("tollway");
    alice().netns.run("ip", "link", "delete", "dev", name);
    Await.until("then it works", Duration.ofMinutes(1), () -> alice().hasOpenTunnels(1));
    assertThat(alice().terminate()).isZero();
  }

  @Test
  void aPlanChangesNothingAndNeedsNoPrivilege() throws Exception {
    bob().start("ba");
    Path out = directory.resolve("plan");
    List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set", "-net_admin"));
    command.addAll(Node.scrooge(List.of("run", "-i", "ab", "--backend", "plan", "--json")));
    Process planning =
        alice()
            .netns
            .start(out, Map.of("HOME", directory.toString()), command.toArray(new String[0]));
    String name =
        TunnelNames.interfaceName(
            alice().identity.nodeId().key(), bob().identity.nodeId().key(), "ab");
    assertThat(name).startsWith("tw");
    Await.until(
        "forwarding is planned",
        () ->
            Files.readString(out)
                .lines()
                .anyMatch(line -> line.contains("authed") && line.contains("\"tw")));
    planning.destroy();
    assertThat(planning.waitFor()).as(Files.readString(out)).isZero();
    String plan = Files.readString(out);
    assertThat(plan)
        .contains("\"command\":[\"wireguard-go\",\"tw")
        .contains("\"command\":[\"wg\",\"setconf\"")
        .contains("PrivateKey = (a fresh one, never shown)")
        .contains("\"command\":[\"ip\",\"-batch\",\"-\"]")
        .contains("\"command\":[\"nft\",\"-f\",\"-\"]")
        .contains("\"setting\":\"/proc/sys/net/ipv4/conf/tw")
        .contains("\"command\":[\"ip\",\"link\",\"delete\"");
    for (String line : plan.lines().filter(each -> each.startsWith("{")).toList()) {
      assertThat(JsonParser.parseString(line).isJsonObject()).isTrue();
    }
    assertThat(alice().netns.run("ip", "-o", "link", "show")).doesNotContain(": tw");
    assertThat(alice().netns.run("nft", "list", "ruleset")).isEmpty();
    assertThat(bob().tunnels()).noneMatch(each -> each.toString().contains("\"TUNNEL\""));
    assertThat(directory.resolve(".config")).doesNotExist();
  }

  @Test
  @Timeout(240)
  void thirtyTunnelsComeUpAndAreRemoved() throws Exception {
    int count = 30;
    Await.until(
        "the link can be used",
        () -> bob().netns.run("ip", "-6", "-o", "address", "show", "dev", "ba").contains("fe80:"));
    Path log = directory.resolve("crowd");
    bob()
        .netns
        .start(
            log,
            Map.of(),
            JavaProcess.command(Crowd.class.getName(), "ba", "" + count).toArray(new String[0]));
    Await.until(
        "the crowd is there", Duration.ofMinutes(2), () -> Files.readString(log).contains("ready"));
    alice().start("ab");
    Await.until("all are up", Duration.ofSeconds(90), () -> alice().hasOpenTunnels(count));
    JsonArray neighbors =
        JsonParser.parseString(alice().ask("neighbors").out())
            .getAsJsonObject()
            .getAsJsonArray("neighbors");
    assertThat(neighbors).hasSize(count);
    for (JsonObject each : List.of(alice().tunnels().get(0), alice().tunnels().get(count - 1))) {
      String address = each.get("address").getAsString() + "%" + each.get("tunnel").getAsString();
      Await.until("it carries", () -> alice().netns.pings(address));
    }
    List<String> names =
        alice().tunnels().stream().map(each -> each.get("tunnel").getAsString()).toList();
    Shell stopped = alice().ask("stop");
    assertThat(stopped.exitCode()).as(stopped.err()).isZero();
    assertThat(alice().awaitExit()).isZero();
    assertThat(alice().netns.run("ip", "-o", "link", "show")).doesNotContain(": tw");
    assertThat(alice().netns.processes()).isEmpty();
    for (String each : names) {
      assertThat(Path.of("/run/wireguard", each + ".sock")).doesNotExist();
    }
  }
}
