// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is handed to {@code tc} and {@code nft}, and what they print. */
final class PlanTest {
  private static final Rate SHARE = Rate.ofMbit(20);

  private static ShapingPlan plan(Leaf leaf, Optional<Rate> uplink) {
    var portions =
        Division.of(SHARE, Rate.ofMbit(1), Map.of("alice", Claim.of(3), "bob", Claim.of(1)));
    return ShapingPlan.empty("tiself", uplink, SHARE, leaf)
        .with(
            Map.of(0x10, portions.get("alice"), 0xabc, portions.get("bob")),
            new TreeSet<>(List.of("twalice", "twcarol")));
  }

  @Test
  void writesTheClasses() {
    assertThat(plan(Leaf.BFIFO, Optional.of(Rate.ofMbit(50))).classes())
        .isEqualTo(
            """
            class replace dev tiself parent 1: classid 1:fff0 htb prio 0 rate 50000kbit ceil 50000kbit burst 31250 cburst 31250 quantum 1514
            class replace dev tiself parent 1:fff0 classid 1:1 htb prio 1 rate 20000kbit ceil 20000kbit burst 12500 cburst 12500 quantum 1514
            class replace dev tiself parent 1:fff0 classid 1:2 htb prio 0 rate 30000kbit ceil 50000kbit burst 18750 cburst 31250 quantum 6056
            qdisc replace dev tiself parent 1:2 handle 2: bfifo limit 187500
            class replace dev tiself parent 1:1 classid 1:10 htb prio 1 rate 15000kbit ceil 20000kbit burst 9375 cburst 12500 quantum 4542
            qdisc replace dev tiself parent 1:10 handle 10: bfifo limit 93750
            class replace dev tiself parent 1:1 classid 1:abc htb prio 1 rate 5000kbit ceil 20000kbit burst 3125 cburst 12500 quantum 1514
            qdisc replace dev tiself parent 1:abc handle abc: bfifo limit 50000
            """);
  }

  @Test
  void anUnknownUplinkIsNoBound() {
    assertThat(plan(Leaf.CAKE, Optional.empty()).classes())
        .startsWith(
            """
            class replace dev tiself parent 1: classid 1:fff0 htb prio 0 rate 100000000kbit ceil 100000000kbit burst 4194304 cburst 4194304 quantum 1514
            """);
  }

  @Test
  void usesTheQueueThatTheKernelHas() {
    assertThat(Leaf.CAKE.settings(SHARE, SHARE)).isEqualTo("cake unlimited besteffort");
    assertThat(Leaf.FQ_CODEL.settings(SHARE, SHARE)).isEqualTo("fq_codel target 5ms");
    assertThat(Leaf.FQ_CODEL.settings(new Rate(500), SHARE)).isEqualTo("fq_codel target 36ms");
    assertThat(Leaf.SFQ.settings(SHARE, SHARE)).isEqualTo("sfq perturb 10");
    assertThat(Leaf.BFIFO.settings(new Rate(64), new Rate(64))).isEqualTo("bfifo limit 15140");
    assertThat(Leaf.BFIFO.settings(Rate.MAX, Rate.MAX)).isEqualTo("bfifo limit 4194304");
    assertThat(Leaf.PFIFO.settings(SHARE, SHARE)).isEqualTo("pfifo limit 82");
  }

  @Test
  void redirectsEveryTunnel() {
    assertThat(plan(Leaf.BFIFO, Optional.empty()).redirects())
        .isEqualTo(
            """
            qdisc replace dev twalice clsact
            filter replace dev twalice egress protocol all prio 1 handle 800::800 u32 match u32 0 0 action mirred egress redirect dev tiself
            qdisc replace dev twcarol clsact
            filter replace dev twcarol egress protocol all prio 1 handle 800::800 u32 match u32 0 0 action mirred egress redirect dev tiself
            """);
  }

  @Test
  void writesTheLimitsOnWhatComesIn() {
    assertThat(
            IngressLimits.of(Rate.ofMbit(5), Map.of("twa", 0x10, "twb", 0x10, "twc", 0xabc)).text())
        .isEqualTo(
            """
            table inet tollway_ingress {}
            delete table inet tollway_ingress
            table inet tollway_ingress {
              limit n10 { rate over 625000 bytes/second burst 32768 bytes }
              limit nabc { rate over 625000 bytes/second burst 32768 bytes }
              map limits {
                type ifname : limit
                elements = { "twa" : "n10", "twb" : "n10", "twc" : "nabc" }
              }
              chain forward {
                type filter hook forward priority filter - 10; policy accept;
                limit name iifname map @limits counter drop
              }
            }
            """);
  }

  @Test
  void refusesNamesThatWouldSayMore() {
    for (String name : List.of("", "a b", "a\nqdisc", "a;", "sixteen-letters-")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ShapingPlan.empty(name, Optional.empty(), SHARE, Leaf.BFIFO));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> IngressLimits.of(SHARE, Map.of(name, 1)));
    }
  }

  @Test
  void theSameKeyHasTheSameClassAndNoTwoShareOne() {
    ClassNumbers before = new ClassNumbers();
    ClassNumbers after = new ClassNumbers();
    assertThat(before.of("alice")).isEqualTo(after.of("alice")).isBetween(0x10, 0xf00f);
    assertThat(before.of("Aa")).isNotEqualTo(before.of("BB")); // Equal hashes.
    int second = before.of("BB");
    before.forget("Aa");
    assertThat(before.of("BB")).isEqualTo(second);
  }

  @Test
  void readsWhatTcPrints() throws Exception {
    assertThat(
            TcText.classes(
                """
                class htb 1:1 parent 1:fff0 rate 20Mbit ceil 20Mbit burst 12500b cburst 12500b
                class htb 1:abc parent 1:1 leaf abc: prio 1 rate 15Mbit ceil 20Mbit burst 12496b
                """))
        .containsExactly(1, 0xabc);
    String printed =
        """
        [{"kind":"htb","handle":"1:","root":true,"refcnt":2,"options":{"r2q":10,"default":"0x2",\
        "direct_packets_stat":0,"direct_qlen":32},"bytes":9,"packets":3,"drops":0,"backlog":0},\
        {"kind":"bfifo","handle":"10:","parent":"1:10","options":{"limit":30000},"bytes":1500,\
        "packets":2,"drops":1,"overlimits":0,"requeues":0,"backlog":750,"qlen":1}]
        """;
    assertThat(TcJson.hasOurRoot(printed, 2)).isTrue();
    assertThat(TcJson.hasOurRoot(printed.replace("0x2", "0x30"), 2)).isFalse();
    assertThat(TcJson.hasOurRoot("[]", 2)).isFalse();
    assertThat(TcJson.counts(printed)).isEqualTo(Map.of(0x10, new ClassCount(1500, 2, 1, 750)));
  }

  @Test
  void whatTcNeverPrintedIsRefused() {
    for (String printed : List.of("", "{}", "[1]", "[{\"parent\":{}}]", "[{\"root\":1}]")) {
      assertThatThrownBy(
              () -> {
                TcJson.counts(printed);
                TcJson.hasOurRoot(printed, 2);
              })
          .isInstanceOf(IOException.class);
    }
    Random random = new Random(3);
    String printed = "[{\"kind\":\"htb\",\"root\":true,\"parent\":\"1:10\",\"bytes\":15}]";
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder(printed);
      text.setCharAt(random.nextInt(text.length()), (char) (' ' + random.nextInt(95)));
      try {
        TcJson.counts(text.toString());
        TcJson.hasOurRoot(text.toString(), 2);
      } catch (IOException refused) {
        assertThat(refused).hasMessage("cannot read what 'tc qdisc show' printed");
      }
    }
  }
}
