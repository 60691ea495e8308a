// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tollway.lab.Await;
import tollway.lab.JavaProcess;
import tollway.lab.NatLab;
import tollway.lab.NatLab.Nat;
import tollway.lab.Netns;
import tollway.portmap.MapRouter;
import tollway.stun.NatMapping;

/** Agents behind every kind of NAT, each with each; and what dead STUN servers cost them. */
final class NatMatrixIT {
  private static final Duration POSSIBLE = Duration.ofSeconds(3);

  @TempDir Path directory;

  private final List<NatHost> hosts = new ArrayList<>();
  private NatLab lab;

  @BeforeEach
  void open() throws IOException {
    Netns.require("ip", "nft");
    lab = NatLab.open();
  }

  @AfterEach
  void close() throws IOException {
    hosts.forEach(NatHost::close);
    if (lab != null) {
      lab.close();
    }
  }

  private void stun(String... addresses) throws Exception {
    for (String address : addresses) {
      Path log = directory.resolve(address.replaceAll("\\W", "_"));
      List<String> command = JavaProcess.command(IceProbe.class.getName(), "stun", address);
      lab.internet().start(log, Map.of(), command.toArray(String[]::new));
      Await.until(
          "a STUN server", () -> Files.exists(log) && Files.readString(log).contains("open"));
    }
  }

  private NatHost host(Netns where, String... servers) throws IOException {
    NatHost made = new NatHost(where, servers);
    hosts.add(made);
    return made;
  }

  private record Side(Nat nat, NatHost host) {}

  @Test
  void everyPairThatCanMeetDoesAndNoOther() throws Exception {
    stun(NatLab.SERVER + ":3478");
    List<Side> left = new ArrayList<>();
    List<Side> right = new ArrayList<>();
    for (Nat nat : Nat.values()) {
      left.add(new Side(nat, host(lab.host(nat), NatLab.SERVER + ":3478")));
      right.add(new Side(nat, host(lab.host(nat), NatLab.SERVER + ":3478")));
    }
    for (NatHost each : hosts) {
      each.awaitReady();
    }
    // Classes to load, code to warm: not what is asked here.
    left.get(0).host().connect(right.get(0).host(), Duration.ofSeconds(30));

    Map<String, Long> took = new TreeMap<>();
    Map<String, CompletableFuture<Duration>> impossible = new TreeMap<>();
    Executor beside = task -> new Thread(task, "impossible").start();
    for (Side here : left) {
      for (Side there : right) {
        String pair = here.nat().text() + " to " + there.nat().text();
        if (here.nat().canMeet(there.nat())) {
          took.put(pair, here.host().connect(there.host(), POSSIBLE).toMillis());
        } else {
          impossible.put(
              pair,
              CompletableFuture.supplyAsync(() -> connect(here.host(), there.host()), beside));
        }
      }
    }
    System.err.println("milliseconds: " + took);
    assertThat(took).hasSize(22);
    assertThat(took.values()).as("milliseconds of " + took).allMatch(millis -> millis >= 0);
    for (Map.Entry<String, CompletableFuture<Duration>> each : impossible.entrySet()) {
      assertThat(each.getValue().get().isNegative()).as(each.getKey()).isTrue();
    }
  }

  @Test
  void whatTwoServersSeeTellsHowANatMaps() throws Exception {
    lab.internet().run("ip", "address", "add", "192.0.2.2/32", "dev", "lo");
    String[] servers = {NatLab.SERVER + ":3478", "192.0.2.2:3478"};
    stun(servers);
    Map<Nat, NatMapping> expected =
        Map.of(
            Nat.NONE, NatMapping.NONE,
            Nat.FULL_CONE, NatMapping.ENDPOINT_INDEPENDENT,
            Nat.PORT_RESTRICTED, NatMapping.ENDPOINT_INDEPENDENT,
            Nat.SYMMETRIC, NatMapping.ENDPOINT_DEPENDENT,
            Nat.UDP_BLOCKED, NatMapping.UNKNOWN);
    for (Map.Entry<Nat, NatMapping> each : expected.entrySet()) {
      NatHost one = host(lab.host(each.getKey()), servers);
      one.awaitReady();
      assertThat(one.nat(one)).as(each.getKey().text()).isEqualTo(each.getValue());
    }
    NatHost one = host(lab.host(Nat.SYMMETRIC), servers[0]);
    one.awaitReady();
    assertThat(one.nat(one)).as("a single server").isEqualTo(NatMapping.UNKNOWN);
  }

  private static Duration connect(NatHost one, NatHost other) {
    try {
      return one.connect(other, Duration.ofSeconds(5));
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void oneBlackHoleAmongFiveStunServersCostsNothing() throws Exception {
    String[] alive = new String[4];
    for (int i = 0; i < alive.length; i++) {
      alive[i] = NatLab.SERVER + ":" + (3478 + i);
    }
    stun(alive);
    lab.internet().run("ip", "route", "add", "blackhole", "192.0.2.9/32");
    String[] withDead = {"192.0.2.9:3478", alive[0], alive[1], alive[2], alive[3]};
    Netns anna = lab.host(Nat.PORT_RESTRICTED);
    Netns bert = lab.host(Nat.PORT_RESTRICTED);
    NatHost[] good = {host(anna, alive), host(bert, alive)};
    NatHost[] bad = {host(anna, withDead), host(bert, withDead)};
    for (NatHost each : hosts) {
      each.awaitReady();
    }
    good[0].connect(good[1], Duration.ofSeconds(30));
    bad[0].connect(bad[1], Duration.ofSeconds(30));

    List<Long> without = new ArrayList<>();
    List<Long> with = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      without.add(good[0].connect(good[1], POSSIBLE).toMillis());
      with.add(bad[0].connect(bad[1], POSSIBLE).toMillis());
    }
    assertThat(without).allMatch(millis -> millis >= 0);
    assertThat(with).allMatch(millis -> millis >= 0);
    without.sort(null);
    with.sort(null);
    assertThat(with.get(2)).as(with + " against " + without).isLessThan(without.get(2) + 300);
  }

  /** Both symmetric: impossible without the router's help. */
  @ParameterizedTest
  @ValueSource(strings = {"pcp", "nat-pmp"})
  void aRouterThatOpensPortsLetsInWhoeverCouldNotMeet(String protocol) throws Exception {
    stun(NatLab.SERVER + ":3478");
    Netns anna = lab.host(Nat.SYMMETRIC);
    Netns router = lab.gateway(anna);
    Path log = Files.createFile(directory.resolve("router"));
    List<String> command = JavaProcess.command(MapRouter.class.getName(), protocol, "198.51.1.1");
    router.start(log, Map.of(), command.toArray(String[]::new));
    Await.until("a router", () -> Files.readString(log).contains("open"));

    NatHost one = host(anna, NatLab.SERVER + ":3478", "map-ports");
    NatHost other = host(lab.host(Nat.SYMMETRIC), NatLab.SERVER + ":3478");
    one.awaitReady();
    other.awaitReady();
    assertThat(one.connect(other, Duration.ofSeconds(20))).isPositive();
    assertThat(one.connect(other, POSSIBLE)).isPositive();
    Await.until(
        "all that was opened is closed",
        () -> !router.run("nft", "list", "map", "ip", "n", "ports").contains("10.0."));
  }

  @Test
  void meetsOverIpv6AloneWithAStunServerOfIpv6() throws Exception {
    Netns anna = v6Host("a", "2001:db8:a");
    Netns bert = v6Host("b", "2001:db8:b");
    stun("[2001:db8:a::1]:3478");
    NatHost one = host(anna, "[2001:db8:a::1]:3478");
    NatHost other = host(bert, "[2001:db8:a::1]:3478");
    one.awaitReady();
    other.awaitReady();
    one.connect(other, Duration.ofSeconds(30));
    assertThat(one.connect(other, POSSIBLE)).isPositive();
  }

  private Netns v6Host(String name, String prefix) throws IOException {
    Netns host = lab.bare();
    host.cable("home", lab.internet(), "six-" + name);
    lab.internet().run("ip", "address", "add", prefix + "::1/64", "dev", "six-" + name);
    lab.internet().sysctl("net.ipv6.conf.all.forwarding", "1");
    host.run("ip", "address", "add", prefix + "::2/64", "dev", "home");
    host.run("ip", "route", "add", "default", "via", prefix + "::1");
    return host;
  }
}
