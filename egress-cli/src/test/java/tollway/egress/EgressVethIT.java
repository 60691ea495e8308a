// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/**
 * The chain over cables between namespaces. A person and two volunteers sit behind a NAT each; the
 * person's gateway lets nothing through to the egress nor to the site, and freddie's STUN responder
 * tells both how they look from outside.
 *
 * <pre>
 * person – gateway ┐                 ┌ exit 192.0.2.2 (egress)
 *                  ├ middle (freddie) ┤
 * helper – gateway ┘                 └ site 93.184.216.34 (an HTTP server)
 * </pre>
 */
final class EgressVethIT {
  private static final String SITE = "93.184.216.34";
  private static final String FREDDIE = "http://198.51.100.254:8480";

  @TempDir private Path directory;

  private final List<Netns> namespaces = new ArrayList<>();
  private final List<JavaProcess> processes = new ArrayList<>();
  private Netns middle;
  private Netns person;
  private Netns helper;
  private Netns exit;
  private Netns site;
  private String invite;

  @BeforeEach
  void build() throws Exception {
    Netns.require("ip", "nft", "curl", "unshare", "ping");
    middle = namespace();
    person =
        behindGateway("p", "198.51.100", "10.0.1", " ip daddr { 192.0.2.2, " + SITE + " } drop");
    helper = behindGateway("h", "203.0.113", "10.0.2", " accept");
    exit = host("x", "192.0.2.2/24", "192.0.2.1");
    site = host("s", SITE + "/24", "93.184.216.1");
    middle.sysctl("net.ipv4.ip_forward", "1");

    start(site, Map.of(), Origin.class.getName(), SITE).event("ready");
    start(
            middle,
            Map.of(),
            Chain.FREDDIE,
            "serve",
            "--listen",
            "0.0.0.0:8480",
            "--stun",
            "198.51.100.254:3478",
            "--json")
        .event("ready");
    invite = Chain.text(startEgress().event("ready"), "invite");
  }

  @AfterEach
  void remove() throws IOException {
    processes.forEach(JavaProcess::kill);
    processes.forEach(JavaProcess::close);
    for (Netns each : namespaces) {
      each.close();
    }
  }

  @Test
  void whoIsCutOffReachesTheSiteThroughVolunteersOfWhomOneVanishes() throws Exception {
    assertThat(helper.pings(SITE)).isTrue();
    assertThat(person.pings("198.51.100.254")).isTrue();
    assertThat(person.pings(SITE)).as("the person is cut off").isFalse();
    assertThat(person.pings("192.0.2.2")).isFalse();

    JavaProcess anna = widget("anna");
    anna.event("ready");
    JavaProcess desktop =
        start(person, Map.of("TOLLWAY_INVITE", invite), Chain.EGRESS, "desktop", "--json");
    String proxy = Chain.text(desktop.event("listening"), "proxy");
    desktop.event("connected");
    widget("bert").event("helping");

    // Only the exit knows this name, and nobody told it that private addresses are fine.
    assertThat(curl("-x", "http://" + proxy, "http://site.example/"))
        .isEqualTo("<h1>a page</h1>\n");
    assertThat(curl("--proxy", "socks5h://" + proxy, "http://site.example/"))
        .isEqualTo("<h1>a page</h1>\n");

    Path file = directory.resolve("file");
    Process download =
        person.start(
            directory.resolve("curl.log"),
            Map.of(),
            "curl",
            "-sS",
            "--max-time",
            "60",
            "--limit-rate",
            "10M",
            "--proxy",
            "socks5h://" + proxy,
            "http://site.example/blob/30",
            "-o",
            file.toString());
    Await.until("half of it", () -> Files.exists(file) && Files.size(file) > 15 << 20);
    anna.kill();
    assertThat(download.waitFor()).isZero();
    assertThat(Chain.sha256(file)).isEqualTo(Origin.sha256(30));
    assertThat(desktop.count("disconnected")).isZero();
    for (JavaProcess role : processes.subList(1, processes.size())) { // Without the site.
      assertThat(String.join("\n", role.out()) + String.join("\n", role.err()))
          .as("what is said of those who help and are helped, and of where they go")
          .doesNotContain(
              SITE, "site.example", "198.51.100.1", "10.0.1.", "203.0.113.1", "10.0.2.");
    }
  }

  private Netns namespace() throws IOException {
    Netns fresh = Netns.create();
    namespaces.add(fresh);
    return fresh;
  }

  private Netns host(String name, String address, String router) throws IOException {
    Netns host = namespace();
    host.cable("outside", middle, "to-" + name);
    host.run("ip", "address", "add", address, "dev", "outside");
    middle.run("ip", "address", "add", router + "/24", "dev", "to-" + name);
    host.run("ip", "route", "add", "default", "via", router);
    return host;
  }

  /** A host whose masquerading gateway applies {@code verdict} to what it sends out. */
  private Netns behindGateway(String name, String outside, String inside, String verdict)
      throws IOException {
    Netns gateway = host(name, outside + ".1/24", outside + ".254");
    Netns host = namespace();
    gateway.cable("inside", host, "home");
    gateway.run("ip", "address", "add", inside + ".1/24", "dev", "inside");
    host.run("ip", "address", "add", inside + ".2/24", "dev", "home");
    host.run("ip", "route", "add", "default", "via", inside + ".1");
    gateway.sysctl("net.ipv4.ip_forward", "1");
    gateway.run(
        "nft",
        // Without a drop here the kernel would remember knocks from outside, and map around them.
        "add table ip n;"
            + " add chain ip n post { type nat hook postrouting priority 100; };"
            + " add rule ip n post oifname outside masquerade;"
            + " add chain ip n here { type filter hook input priority 0; policy drop; };"
            + " add chain ip n through { type filter hook forward priority 0; policy drop; };"
            + " add rule ip n through ct state established,related accept;"
            + " add rule ip n through iifname inside"
            + verdict
            + "; add rule ip n through iifname inside accept");
    return host;
  }

  private JavaProcess startEgress() throws Exception {
    Path hosts = directory.resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 localhost\n" + SITE + " site.example\n");
    String withHosts = "mount --bind " + hosts + " /etc/hosts && exec \"$@\"";
    List<String> prefix = new ArrayList<>(inside(exit));
    prefix.addAll(List.of("unshare", "-m", "sh", "-c", withHosts, "sh"));
    return keep(
        JavaProcess.start(
            prefix,
            Map.of(),
            Chain.EGRESS,
            "serve",
            "--json",
            "--listen",
            "192.0.2.2:8470",
            "--freddie",
            FREDDIE,
            "--state",
            directory.resolve("egress").toString()));
  }

  private JavaProcess widget(String tag) throws Exception {
    return start(
        helper, Map.of("TOLLWAY_INVITE", invite), Chain.EGRESS, "widget", "--json", "--tag", tag);
  }

  private JavaProcess start(
      Netns where, Map<String, String> environment, String mainClass, String... arguments)
      throws IOException {
    return keep(JavaProcess.start(inside(where), environment, mainClass, arguments));
  }

  private JavaProcess keep(JavaProcess process) {
    processes.add(process);
    return process;
  }

  private static List<String> inside(Netns where) {
    return List.of("ip", "netns", "exec", where.name());
  }

  private String curl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "30"));
    command.addAll(List.of(arguments));
    return person.run(command.toArray(String[]::new));
  }
}
