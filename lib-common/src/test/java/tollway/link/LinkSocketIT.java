// SPDX-License-Identifier: Apache-2.0
package tollway.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.Netns;

/** Two nodes with cables between them, in namespaces of their own. */
final class LinkSocketIT {
  @TempDir Path directory;

  private final List<Netns> made = new ArrayList<>();
  private Netns alice;
  private Netns bob;

  @BeforeEach
  void build() throws IOException {
    Netns.require("ip", "bash");
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

  /** A running {@link LinkProbe} and what it has said. */
  private record Probe(Process process, Path log) {
    static Probe start(Path log, Netns where, String... interfaces) throws Exception {
      List<String> command = JavaProcess.command(LinkProbe.class.getName(), interfaces);
      Probe probe = new Probe(where.start(log, Map.of(), command.toArray(String[]::new)), log);
      probe.awaits("open");
      return probe;
    }

    void order(String line) throws IOException {
      OutputStream orders = process.getOutputStream();
      orders.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
      orders.flush();
    }

    List<String> said() throws IOException {
      return Files.readAllLines(log);
    }

    long count(String line) throws IOException {
      return said().stream().filter(line::equals).count();
    }

    void awaits(String line) throws Exception {
      awaits(line, 1);
    }

    void awaits(String line, int times) throws Exception {
      Await.until(
          "'" + line + "' from " + log + " which says " + said(),
          () -> {
            assertThat(process.isAlive()).as("the probe lives; it said " + said()).isTrue();
            return said().stream().filter(each -> each.startsWith(line)).count() >= times;
          });
    }

    /** Everything it was sent before has been dealt with. */
    LinkCounters counters() throws Exception {
      int before = (int) said().stream().filter(l -> l.startsWith("LinkCounters")).count();
      order("counters");
      awaits("LinkCounters", before + 1);
      String last = said().stream().filter(l -> l.startsWith("LinkCounters")).toList().get(before);
      long[] n =
          Pattern.compile("\\d+")
              .matcher(last)
              .results()
              .mapToLong(number -> Long.parseLong(number.group()))
              .toArray();
      return new LinkCounters(n[0], n[1], n[2], n[3], n[4], n[5]);
    }
  }

  private Probe probe(String name, Netns where, String... interfaces) throws Exception {
    return Probe.start(Files.createFile(directory.resolve(name)), where, interfaces);
  }

  @Test
  void aMulticastNamesTheLinkItCameOnAndIsNotHeardByItsSender() throws Exception {
    alice.cable("ab0", bob, "ba0");
    alice.cable("ab1", bob, "ba1");
    Probe b = probe("bob", bob, "ba*");
    b.awaits("up ba0");
    b.awaits("up ba1");
    Probe a = probe("alice", alice, "ab0", "ab1");
    a.awaits("up ab0");
    a.awaits("up ab1");
    a.order("say hello");
    b.awaits("got hello on ba0");
    b.awaits("got hello on ba1");
    b.order("say back");
    a.awaits("got back on ab0");
    a.awaits("got back on ab1");
    assertThat(b.said()).doesNotContain("got back on ba0", "got back on ba1");
    assertThat(b.counters().sent()).isEqualTo(2);
  }

  @Test
  @DisplayName("W15: what comes from off the link is dropped unread")
  void onlyWantedLinksAreHeardAndOnlyNeighboursOnThem() throws Exception {
    alice.cable("ab0", bob, "ba0");
    alice.cable("ab1", bob, "other0");
    bob.run("ip", "address", "add", "2001:db8::b/64", "dev", "ba0", "nodad");
    bob.run("ip", "address", "add", "192.0.2.2/24", "dev", "ba0");
    alice.run("ip", "address", "add", "2001:db8::a/64", "dev", "ab0", "nodad");
    alice.run("ip", "address", "add", "192.0.2.1/24", "dev", "ab0");
    Probe b = probe("bob", bob, "ba*");
    b.awaits("up ba0");
    Probe a = probe("alice", alice, "ab*");
    a.awaits("up ab0");
    a.awaits("up ab1");
    alice.run("bash", "-c", "echo -n six > /dev/udp/2001:db8::b/8481");
    alice.run("bash", "-c", "echo -n four > /dev/udp/192.0.2.2/8481");
    Await.until("both are dropped", () -> b.counters().offLink() >= 2);
    a.order("say hello");
    b.awaits("got hello on ba0");
    assertThat(b.said().stream().filter(line -> line.startsWith("got"))).hasSize(1);
  }

  @Test
  @DisplayName("W15: what we say does not leave the link")
  void multicastsDoNotLeaveTheLink() throws Exception {
    Netns.require("nft");
    alice.cable("ab0", bob, "ba0");
    bob.run(
        "nft",
        "add table inet t; add chain inet t in { type filter hook input priority 0; };"
            + " add rule inet t in udp dport 8481 ip6 hoplimit != 1 drop");
    Probe b = probe("bob", bob, "ba0");
    b.awaits("up ba0");
    Probe a = probe("alice", alice, "ab0");
    a.awaits("up ab0");
    a.order("say hello");
    b.awaits("got hello on ba0");
  }

  @Test
  void aLinkMayAppearVanishAndComeBackUnderTheSameName() throws Exception {
    Probe a = probe("alice", alice, "ab0");
    Probe b = probe("bob", bob, "ba0");
    for (int round = 1; round <= 3; round++) {
      // The same address under another index: nothing may be taken for the old link.
      alice.cable("ab0", "02:00:00:00:00:0a", bob, "ba0");
      a.awaits("up ab0", round);
      b.awaits("up ba0", round);
      a.order("say round" + round);
      b.awaits("got round" + round + " on ba0");
      b.order("say back" + round);
      a.awaits("got back" + round + " on ab0");
      alice.run("ip", "link", "delete", "ab0");
      a.awaits("down ab0", round);
      b.awaits("down ba0", round);
    }
    a.order("say nobody");
    assertThat(a.counters().sent()).isEqualTo(3);
  }

  @Test
  void aLinkCountsAsUpOnceItsAddressIsSettled() throws Exception {
    for (Netns each : List.of(alice, bob)) {
      each.sysctl("net.ipv6.conf.all.accept_dad", "1");
      each.sysctl("net.ipv6.conf.default.accept_dad", "1");
      each.sysctl("net.ipv6.conf.default.dad_transmits", "1");
    }
    Probe a = probe("alice", alice, "ab0");
    Probe b = probe("bob", bob, "ba0");
    alice.cable("ab0", bob, "ba0");
    a.awaits("up ab0");
    b.awaits("up ba0");
    a.order("say hello");
    b.awaits("got hello on ba0");
    assertThat(a.counters().notSent()).isZero();
  }

  @Test
  @DisplayName("P1: a flood on one link waits in a bounded queue")
  void aFloodWaitsInABoundedQueueAndHarmsNoOtherLink() throws Exception {
    alice.cable("ab0", bob, "ba0");
    alice.cable("good0", bob, "ba1");
    Probe b = probe("bob", bob, "ba*");
    b.awaits("up ba0");
    b.awaits("up ba1");
    Probe flooder = probe("flooder", alice, "ab0");
    flooder.awaits("up ab0");
    b.order("stall 4000");
    b.awaits("stalled");
    flooder.order("burst 3000");
    flooder.awaits("burst done");
    flooder.process().destroy();
    flooder.process().waitFor();
    Probe good = probe("good", alice, "good0");
    good.awaits("up good0");
    good.order("say hello");
    b.awaits("going on");
    b.awaits("got hello on ba1");
    LinkCounters counters = b.counters();
    assertThat(counters.busy()).isPositive();
    assertThat(b.count("got burst on ba0")).isBetween(1L, 3000L - counters.busy());
  }

  @Test
  void whatIsTooLongIsDropped() throws Exception {
    alice.cable("ab0", bob, "ba0");
    Probe b = probe("bob", bob, "ba0");
    b.awaits("up ba0");
    Probe a = probe("alice", alice, "ab0");
    a.awaits("up ab0");
    a.order("say " + "x".repeat(65));
    Await.until("it is counted", () -> b.counters().tooLong() == 1);
    a.order("say " + "x".repeat(64));
    b.awaits("got " + "x".repeat(64) + " on ba0");
  }
}
