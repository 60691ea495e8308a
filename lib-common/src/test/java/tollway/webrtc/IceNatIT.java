// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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

/** Two agents in namespaces of their own: on one cable, on two, and behind a NAT each. */
final class IceNatIT {
  @TempDir Path directory;

  private final List<Netns> made = new ArrayList<>();
  private Netns alice;
  private Netns bob;

  @BeforeEach
  void build() throws IOException {
    Netns.require("ip", "nft");
    alice = namespace();
    bob = namespace();
  }

  private Netns namespace() throws IOException {
    Netns fresh = Netns.create();
    made.add(fresh);
    return fresh;
  }

  @AfterEach
  void remove() throws IOException {
    for (Netns each : made) {
      each.close();
    }
  }

  /** A running {@link IceProbe} and what it has said. */
  private record Probe(Process process, Path log) {
    void order(String line) throws IOException {
      OutputStream orders = process.getOutputStream();
      orders.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      orders.flush();
    }

    List<String> said() throws IOException {
      return Files.readAllLines(log);
    }

    String awaits(String start) throws Exception {
      Await.until(
          "'" + start + "' from " + log,
          () -> {
            assertThat(process.isAlive()).as("the probe lives; it said " + said()).isTrue();
            return said().stream().anyMatch(line -> line.startsWith(start));
          });
      return said().stream().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
    }

    long datagrams() throws Exception {
      long before = said().stream().filter(line -> line.startsWith("counted")).count();
      order("count");
      Await.until(
          "a count",
          () -> said().stream().filter(line -> line.startsWith("counted")).count() > before);
      List<String> counts = said().stream().filter(line -> line.startsWith("counted")).toList();
      return Long.parseLong(counts.get(counts.size() - 1).split(" ")[1]);
    }
  }

  private Probe probe(String name, Netns where, String... arguments) throws IOException {
    Path log = Files.createFile(directory.resolve(name));
    List<String> command = JavaProcess.command(IceProbe.class.getName(), arguments);
    return new Probe(where.start(log, Map.of(), command.toArray(String[]::new)), log);
  }

  /** Carries everything that one has said to the other. */
  private static void introduce(Probe one, Probe other) throws Exception {
    other.order(one.awaits("credentials"));
    one.order(other.awaits("credentials"));
    one.order("gather");
    other.order("gather");
    one.awaits("gathered");
    other.awaits("gathered");
    for (String line : one.said()) {
      if (line.startsWith("candidate:")) {
        other.order(line);
      }
    }
    for (String line : other.said()) {
      if (line.startsWith("candidate:")) {
        one.order(line);
      }
    }
  }

  private static void assertCarriesBothWays(Probe one, Probe other) throws Exception {
    long ofOne = one.datagrams();
    long ofOther = other.datagrams();
    one.order("burst 20 1200");
    other.order("burst 20 1200");
    Await.until("datagrams to one", () -> one.datagrams() == ofOne + 20);
    Await.until("datagrams to the other", () -> other.datagrams() == ofOther + 20);
  }

  private static void address(Netns where, String device, String... addresses) throws IOException {
    for (String address : addresses) {
      where.run("ip", "address", "add", address, "dev", device);
    }
  }

  @Test
  void connectsOverOneCableAndFragmentsWhatIsTooLarge() throws Exception {
    alice.cable("ab", bob, "ba");
    address(alice, "ab", "192.0.2.1/24", "2001:db8::1/64");
    address(bob, "ba", "192.0.2.2/24", "2001:db8::2/64");
    Probe a = probe("alice", alice, "CONTROLLING");
    Probe b = probe("bob", bob, "CONTROLLED");
    introduce(a, b);
    a.awaits("connected");
    b.awaits("connected");
    assertCarriesBothWays(a, b);

    // Larger than the cable's MTU: the kernel refuses to segment these, and they arrive anyway.
    long before = b.datagrams();
    a.order("burst 10 5000");
    Await.until("large datagrams", () -> b.datagrams() == before + 10);
    assertCarriesBothWays(a, b);
  }

  @Test
  void connectsFromBehindTwoNats() throws Exception {
    Netns internet = namespace();
    Netns gatewayA = gateway(internet, alice, "a", "198.51.100.1/24", "10.0.1");
    Netns gatewayB = gateway(internet, bob, "b", "203.0.113.1/24", "10.0.2");
    address(internet, "to-a", "198.51.100.254/24");
    address(internet, "to-b", "203.0.113.254/24");
    internet.sysctl("net.ipv4.ip_forward", "1");
    gatewayA.run("ip", "route", "add", "default", "via", "198.51.100.254");
    gatewayB.run("ip", "route", "add", "default", "via", "203.0.113.254");
    assertThat(alice.pings("203.0.113.1")).isTrue();

    probe("stun", internet, "stun", "198.51.100.254:3478").awaits("open");
    Probe a = probe("alice", alice, "CONTROLLING", "198.51.100.254:3478", "198.51.100.254:9");
    Probe b = probe("bob", bob, "CONTROLLED", "203.0.113.254:9", "198.51.100.254:3478");
    introduce(a, b);
    a.awaits("connected");
    b.awaits("connected");

    assertThat(a.awaits("candidate:2 "))
        .contains(" 198.51.100.1 ")
        .contains("typ srflx raddr 10.0.1.2");
    assertThat(b.awaits("candidate:2 ")).contains(" 203.0.113.1 ");
    assertCarriesBothWays(a, b);
  }

  /** A masquerading router between the Internet and one host. */
  private Netns gateway(
      Netns internet, Netns host, String side, String outside, String insidePrefix)
      throws IOException {
    Netns gateway = namespace();
    gateway.cable("outside", internet, "to-" + side);
    gateway.cable("inside", host, "home");
    address(gateway, "outside", outside);
    address(gateway, "inside", insidePrefix + ".1/24");
    address(host, "home", insidePrefix + ".2/24");
    host.run("ip", "route", "add", "default", "via", insidePrefix + ".1");
    gateway.sysctl("net.ipv4.ip_forward", "1");
    gateway.run(
        "nft",
        "add table ip n;"
            + " add chain ip n post { type nat hook postrouting priority 100; };"
            + " add rule ip n post oifname outside masquerade;"
            + " add chain ip n here { type filter hook input priority 0; policy drop; };"
            + " add rule ip n here icmp type echo-request accept;"
            + " add chain ip n inward { type filter hook forward priority 0; policy drop; };"
            + " add rule ip n inward iifname inside accept;"
            + " add rule ip n inward ct state established,related accept");
    return gateway;
  }

  @Test
  void movesToTheOtherCableWhenTheOneInUseIsCut() throws Exception {
    alice.cable("ab0", bob, "ba0");
    alice.cable("ab1", bob, "ba1");
    address(alice, "ab0", "192.0.2.1/24");
    address(bob, "ba0", "192.0.2.2/24");
    address(alice, "ab1", "198.51.100.1/24");
    address(bob, "ba1", "198.51.100.2/24");
    Probe a = probe("alice", alice, "CONTROLLING");
    Probe b = probe("bob", bob, "CONTROLLED");
    introduce(a, b);
    a.awaits("connected");
    b.awaits("connected");
    assertCarriesBothWays(a, b);

    // Whichever is in use: after both cuts in turn the datagrams have moved at least once.
    for (String cut : List.of("ab0", "ab1")) {
      String other = cut.equals("ab0") ? "ab1" : "ab0";
      restore(other);
      alice.run("ip", "link", "set", cut, "down");
      Await.until(
          "datagrams without " + cut,
          () -> {
            long before = b.datagrams();
            a.order("burst 5 1200");
            return b.datagrams() > before;
          });
    }
    assertThat(a.said()).noneMatch(line -> line.startsWith("failed"));
    assertThat(b.said()).noneMatch(line -> line.startsWith("failed"));
  }

  private void restore(String device) throws IOException {
    alice.run("ip", "link", "set", device, "up");
  }

  @Test
  void noticesThatThePeerWasKilled() throws Exception {
    alice.cable("ab", bob, "ba");
    address(alice, "ab", "192.0.2.1/24");
    address(bob, "ba", "192.0.2.2/24");
    Probe a = probe("alice", alice, "CONTROLLING");
    Probe b = probe("bob", bob, "CONTROLLED");
    introduce(a, b);
    a.awaits("connected");
    b.awaits("connected");
    bob.processes().forEach(ProcessHandle::destroyForcibly);

    assertThat(a.awaits("failed")).isEqualTo("failed the peer has been silent for 4000 ms");
  }
}
