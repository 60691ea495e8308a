// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import tollway.lab.Await;
import tollway.lab.Netns;

/** What a node forwards, by real packets through real tunnels: A – B – C. */
final class ForwardPolicyIT extends LineOfThree {
  @Test
  void aSpoofedSourceIsDroppedInBothFamilies() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    String lo = "lo";
    // A takes C's address, the plain one of a cable, and one that nobody has.
    for (String address :
        List.of("10.77.0.99/32", "10.2.0.77/32", "fd77::99/128", "fd02::77/128")) {
      lab.a.netns.run("ip", "address", "add", address, "dev", lo);
    }
    for (String route : List.of("10.77.0.99/32", "fd77::99/128")) {
      lab.b.netns.run("ip", "route", "add", route, "dev", tunnel(lab.b, "bc"));
    }
    long before = spoofed(lab);
    for (String address : List.of("10.77.0.99", "10.2.0.77")) {
      lab.a.netns.attempt("", "ping", "-c", "1", "-W", "1", "-I", address, "10.77.0.3");
    }
    for (String address : List.of("fd77::99", "fd02::77")) {
      lab.a.netns.attempt("", "ping", "-c", "1", "-W", "1", "-I", address, "fd77::3");
    }
    Await.until("all four are counted", () -> spoofed(lab) >= before + 4);
    assertThat(lab.reachesThrough()).as("who says who it is").isTrue();
  }

  @Test
  void whoeverComesAnotherWayPassesWhenTheReversePathIsLoose() throws Exception {
    MeshLab lab = lab();
    lab.startAll();
    assertThat(lab.b.terminate()).isZero();
    lab.b.start("b*", "--reverse-path", "loose");
    lab.awaitThrough();
    lab.a.netns.run("ip", "address", "add", "10.77.0.99/32", "dev", "lo");
    lab.a.netns.run("ip", "address", "add", "10.2.0.77/32", "dev", "lo");
    lab.b.netns.run("ip", "route", "add", "10.77.0.99/32", "dev", tunnel(lab.b, "bc"));
    long before = spoofed(lab);
    long forwarded = forwarding(lab).get("forwardedPackets").getAsLong();
    lab.a.netns.attempt("", "ping", "-c", "1", "-W", "1", "-I", "10.77.0.99", "10.77.0.3");
    Await.until(
        "it passes", () -> forwarding(lab).get("forwardedPackets").getAsLong() >= forwarded + 1);
    assertThat(spoofed(lab)).isEqualTo(before);
    lab.a.netns.attempt("", "ping", "-c", "1", "-W", "1", "-I", "10.2.0.77", "10.77.0.3");
    Await.until("a source outside the mesh does not", () -> spoofed(lab) > before);
  }

  @Test
  void whatABridgePassesOnFromALinkIsDropped() throws Exception {
    MeshLab lab = lab();
    try (Netns beside = Netns.create()) {
      lab.b.netns.cable("bx", beside, "xb");
      beside.run("ip", "address", "add", "10.1.0.9/24", "dev", "xb");
      beside.run("ip", "address", "add", "fd01::9/64", "dev", "xb", "nodad");
      lab.b.netns.run("ip", "link", "add", "br0", "type", "bridge", "forward_delay", "0");
      lab.b.netns.run("ip", "link", "set", "br0", "up");
      lab.b.netns.run("ip", "link", "set", "bx", "master", "br0");
      lab.b.netns.run("ip", "link", "set", "ba", "master", "br0");
      Await.until("the bridge learns", () -> beside.pings("10.1.0.1") && beside.pings("fd01::1"));
      lab.b.start("ba,bc");
      assertThat(beside.pings("10.1.0.1")).isFalse();
      assertThat(beside.pings("fd01::1")).isFalse();
      Await.until(
          "frames are counted", () -> forwarding(lab).get("bridgedPackets").getAsLong() > 0);
      lab.b.kill();
      assertThat(beside.pings("10.1.0.1")).as("after a crash, too").isFalse();
      lab.b.start("ba,bc");
      assertThat(lab.b.terminate()).isZero();
      Await.until("as before", () -> beside.pings("10.1.0.1") && beside.pings("fd01::1"));
    }
  }

  private static String tunnel(MeshLab.Node node, String link) {
    return node.tunnels().stream()
        .filter(tunnel -> tunnel.get("interface").getAsString().equals(link))
        .map(tunnel -> tunnel.get("tunnel").getAsString())
        .findFirst()
        .orElseThrow();
  }

  private static long spoofed(MeshLab lab) {
    return forwarding(lab).get("spoofedPackets").getAsLong();
  }

  private static JsonObject forwarding(MeshLab lab) {
    return lab.b.status().getAsJsonObject("forwarding");
  }
}
