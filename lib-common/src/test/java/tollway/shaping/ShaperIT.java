// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tollway.exec.Host;
import tollway.exec.HostCommand;
import tollway.lab.Netns;

/** The real {@code tc} and {@code nft}, in a namespace of their own. */
final class ShaperIT {
  private static final Rate SHARE = Rate.ofMbit(20);
  private static final String DEVICE = "tialice";

  private @Nullable Netns made;

  @BeforeEach
  void build() throws IOException {
    Netns.require("ip", "tc", "nft");
    made = Netns.create();
    for (String tunnel : List.of("twbob", "twcarol")) {
      netns().run("ip", "tuntap", "add", "mode", "tun", "name", tunnel);
      netns().run("ip", "link", "set", tunnel, "up");
    }
  }

  @AfterEach
  void tearDown() throws IOException {
    if (made != null) {
      made.close();
    }
  }

  private Netns netns() {
    return Objects.requireNonNull(made);
  }

  /** Commands run inside; a program, or one that {@code refuses} begins, is not there. */
  private final class Inside implements Host {
    private final String refuses;

    Inside(String refuses) {
      this.refuses = refuses;
    }

    @Override
    public HostCommand.Result attempt(List<String> command, String stdin) throws IOException {
      String whole = String.join(" ", command) + "\n" + stdin;
      return !refuses.isEmpty() && whole.contains(refuses)
          ? new HostCommand.Result(2, "", "Error: refused")
          : netns().attempt(stdin, command.toArray(new String[0]));
    }

    @Override
    public void set(Path setting, String value) {
      throw new IllegalStateException("shaping sets nothing");
    }

    @Override
    public boolean has(String program) {
      return !program.equals(refuses);
    }
  }

  private static ShapingPlan plan(Map<Integer, Double> weights, String... tunnels) {
    Map<String, Claim> claims = new TreeMap<>();
    weights.forEach((number, weight) -> claims.put(Integer.toString(number), Claim.of(weight)));
    Map<Integer, Portion> portions = new TreeMap<>();
    Division.of(SHARE, Rate.ofMbit(1), claims)
        .forEach((key, portion) -> portions.put(Integer.valueOf(key), portion));
    return ShapingPlan.empty(DEVICE, Optional.of(Rate.ofMbit(50)), SHARE, Leaf.BFIFO)
        .with(portions, new TreeSet<>(List.of(tunnels)));
  }

  private String classes() throws IOException {
    return netns().run("tc", "class", "show", "dev", DEVICE);
  }

  private String redirect(String tunnel) throws IOException {
    return netns().run("tc", "filter", "show", "dev", tunnel, "egress");
  }

  @Test
  void buildsChangesAndRemoves() throws Exception {
    Shaper shaper = new Shaper(new Inside(""), DEVICE);
    ShapingPlan before = plan(Map.of(0x10, 3.0, 0xabc, 1.0), "twbob", "twcarol");
    shaper.apply(before);
    assertThat(shaper.stands(before)).isTrue();
    assertThat(classes())
        .contains("class htb 1:1 parent 1:fff0 ")
        .contains("class htb 1:10 parent 1:1 leaf 10: prio 1 rate 15Mbit ceil 20Mbit")
        .contains("class htb 1:abc parent 1:1 leaf abc: prio 1 rate 5Mbit ceil 20Mbit")
        .contains("class htb 1:2 parent 1:fff0 leaf 2: prio 0 rate 30Mbit ceil 50Mbit");
    assertThat(redirect("twcarol")).containsOnlyOnce("Egress Redirect to device " + DEVICE);
    ShapingPlan after = plan(Map.of(0x10, 1.0), "twbob", "twcarol");
    shaper.apply(after);
    assertThat(classes())
        .as("who has gone leaves its part to the others")
        .contains("class htb 1:10 parent 1:1 leaf 10: prio 1 rate 20Mbit ceil 20Mbit")
        .doesNotContain("1:abc");
    assertThat(redirect("twcarol")).containsOnlyOnce("Egress Redirect to device " + DEVICE);
    assertThat(shaper.counts()).containsOnlyKeys(2, 0x10);
    shaper.remove(List.of("twbob", "twcarol"));
    assertThat(netns().run("ip", "link", "show")).doesNotContain(DEVICE);
    assertThat(redirect("twbob")).isEmpty();
    assertThat(netns().run("tc", "qdisc", "show", "dev", "twbob")).doesNotContain("clsact");
    shaper.remove(List.of("twbob", "twcarol"));
  }

  @Test
  void takesOverWhatAKilledRunLeft() throws Exception {
    ShapingPlan plan = plan(Map.of(0x10, 3.0, 0x11, 1.0), "twbob", "twcarol");
    new Shaper(new Inside(""), DEVICE).apply(plan);
    String index = netns().run("cat", "/sys/class/net/" + DEVICE + "/ifindex");
    new Shaper(new Inside("qdisc add"), DEVICE).apply(plan); // What stands is not made again.
    assertThat(netns().run("cat", "/sys/class/net/" + DEVICE + "/ifindex")).isEqualTo(index);
    Shaper next = new Shaper(new Inside(""), DEVICE);
    ShapingPlan wanted = plan(Map.of(0x11, 1.0), "twbob");
    next.apply(wanted);
    assertThat(classes())
        .doesNotContain("1:10")
        .contains("1:11 parent 1:1 leaf 11: prio 1 rate 20Mbit");
  }

  @Test
  void noticesAndRepairsWhatSomebodyElseChanged() throws Exception {
    Shaper shaper = new Shaper(new Inside(""), DEVICE);
    ShapingPlan plan = plan(Map.of(0x10, 3.0, 0x11, 1.0), "twbob", "twcarol");
    shaper.apply(plan);
    List<List<String>> harm =
        List.of(
            List.of("ip", "link", "delete", "dev", DEVICE),
            List.of("tc", "qdisc", "del", "dev", DEVICE, "root"),
            List.of("tc", "qdisc", "replace", "dev", DEVICE, "root", "pfifo"),
            List.of("tc", "class", "del", "dev", DEVICE, "classid", "1:10"),
            ("tc class change dev " + DEVICE + " parent 1:1 classid 1:10 htb rate 1mbit")
                .lines()
                .flatMap(line -> java.util.Arrays.stream(line.split(" ")))
                .toList(),
            List.of("tc", "qdisc", "replace", "dev", DEVICE, "parent", "1:10", "pfifo"),
            List.of("tc", "qdisc", "del", "dev", "twbob", "clsact"),
            List.of("tc", "filter", "del", "dev", "twcarol", "egress"));
    for (List<String> each : harm) {
      netns().run(each.toArray(new String[0]));
      assertThat(shaper.stands(plan)).as(String.join(" ", each)).isFalse();
      shaper.apply(plan);
      assertThat(shaper.stands(plan)).as("after " + String.join(" ", each)).isTrue();
      assertThat(classes()).contains("1:10 parent 1:1 leaf 10: prio 1 rate 15Mbit ceil 20Mbit");
      assertThat(redirect("twbob")).containsOnlyOnce("Egress Redirect to device " + DEVICE);
      assertThat(redirect("twcarol")).containsOnlyOnce("Egress Redirect to device " + DEVICE);
    }
  }

  @Test
  void aTunnelThatVanishesDoesNotHoldUpTheOthers() throws Exception {
    Shaper shaper = new Shaper(new Inside(""), DEVICE);
    netns().run("ip", "link", "delete", "twbob");
    ShapingPlan plan = plan(Map.of(0x10, 1.0), "twbob", "twcarol");
    shaper.apply(plan);
    assertThat(redirect("twcarol")).contains("Egress Redirect to device " + DEVICE);
    assertThat(shaper.stands(plan)).isTrue();
  }

  @Test
  void whatCannotBeShapedIsNotLost() throws Exception {
    ShapingPlan plan = plan(Map.of(0x10, 1.0), "twbob", "twcarol");
    new Shaper(new Inside(""), DEVICE).apply(plan);
    assertThatThrownBy(() -> new Shaper(new Inside("class replace"), DEVICE).apply(plan))
        .isInstanceOf(IOException.class);
    assertThat(redirect("twbob")).as("leads nowhere").isEmpty();
    assertThat(netns().run("ip", "link", "show")).doesNotContain(DEVICE);
  }

  @Test
  void tellsWhatAHostLacks() throws Exception {
    Shaper.Abilities here = Shaper.probe(new Inside(""));
    assertThat(here.leaf()).isPresent();
    assertThat(Shaper.probe(new Inside("tc")).lacking()).contains("apt-get install iproute2");
    assertThat(Shaper.probe(new Inside("type ifb")).lacking()).contains("modprobe ifb");
    assertThat(Shaper.probe(new Inside(" htb ")).lacking()).contains("modprobe sch_htb");
    assertThat(Shaper.probe(new Inside("clsact")).lacking()).contains("act_mirred");
    assertThat(netns().run("ip", "link", "show")).doesNotContain("ifb").doesNotContain("tq");
  }

  @Test
  void limitsWhatComesInAndPutsThatBack() throws Exception {
    IngressPolicer policer = new IngressPolicer(new Inside(""));
    policer.load(IngressLimits.of(SHARE, Map.of()));
    policer.load(IngressLimits.of(SHARE, Map.of("twbob", 0x10, "twbob2", 0x10, "twcarol", 0x11)));
    assertThat(policer.stands()).isTrue();
    netns().run("nft", "delete", "element", "inet", "tollway_ingress", "limits", "{ \"twbob\" }");
    assertThat(policer.stands()).isFalse();
    policer.load(IngressLimits.of(SHARE, Map.of("twbob", 0x10)));
    assertThat(policer.stands()).isTrue();
    policer.remove();
    assertThat(netns().run("nft", "list", "tables")).isEmpty();
    policer.remove();
  }
}
