// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import static org.assertj.core.api.Assertions.assertThat;
import static tollway.netstate.Cast.ALICE;
import static tollway.netstate.Cast.BOB;
import static tollway.netstate.Cast.CAROL;
import static tollway.netstate.Cast.EXIT;
import static tollway.netstate.Cast.MALLORY;
import static tollway.netstate.Cast.active;
import static tollway.netstate.Cast.alice;
import static tollway.netstate.Cast.bob;
import static tollway.netstate.Cast.idle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

final class NetstateGraphTest {
  private static final Bytes SALT = Bytes.ofUtf8("a salt of this test");

  private final NetstateGraph graph = new NetstateGraph(GraphLimits.DEFAULT, SALT);
  private long now;
  private long seqno;

  @Test
  void isEmptyAtFirst() {
    assertThat(graph.view().nodes()).isEmpty();
    assertThat(graph.view().links()).isEmpty();
  }

  @Test
  void showsWhoHelpsWhom() {
    hear(alice(active(BOB, Role.WIDGET, 100), idle(CAROL, Role.WIDGET)));
    hear(bob(active(ALICE, Role.DESKTOP, 90), active(EXIT, Role.EGRESS, 95)));

    assertThat(graph.view().nodes())
        .extracting(GraphView.Node::role, GraphView.Node::tag, GraphView.Node::reporting)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Role.DESKTOP, "alice", true),
            org.assertj.core.groups.Tuple.tuple(Role.WIDGET, "", false),
            org.assertj.core.groups.Tuple.tuple(Role.WIDGET, "bob", true),
            org.assertj.core.groups.Tuple.tuple(Role.EGRESS, "", false));
    assertThat(graph.view().links()).hasSize(3);
    assertThat(link(BOB, ALICE).state()).isEqualTo(Edge.State.ACTIVE);
    assertThat(link(CAROL, ALICE).state()).isEqualTo(Edge.State.IDLE);
    assertThat(link(EXIT, BOB).bytesPerSecond()).isEqualTo(95);
  }

  @Test
  void mergesAConnectionSeenFromBothEnds() {
    hear(alice(idle(BOB, Role.WIDGET)));
    assertThat(link(BOB, ALICE).confirmed()).isFalse();

    hear(bob(active(ALICE, Role.DESKTOP, 90)));
    assertThat(graph.view().links()).hasSize(1);
    assertThat(link(BOB, ALICE))
        .isEqualTo(new GraphView.Link(name(BOB), name(ALICE), Edge.State.ACTIVE, 90, true));
  }

  @Test
  void aReportReplacesTheOneBefore() {
    hear(alice(active(BOB, Role.WIDGET, 100)));
    hear(alice(active(CAROL, Role.WIDGET, 100)));
    assertThat(graph.view().links())
        .extracting(GraphView.Link::helper)
        .containsExactly(name(CAROL));
    assertThat(graph.view().nodes()).hasSize(2);
  }

  @Test
  void aNodesOwnWordAboutItsRoleCounts() {
    hear(new NodeReport(MALLORY, Role.WIDGET, "", List.of(idle(ALICE, Role.EGRESS))));
    assertThat(role(ALICE)).isEqualTo(Role.EGRESS);
    hear(alice());
    assertThat(role(ALICE)).isEqualTo(Role.DESKTOP);
  }

  @Test
  void forgetsANodeAfterSilence() {
    hear(alice(active(BOB, Role.WIDGET, 1)));
    advance(Duration.ofSeconds(10));
    hear(bob());
    advance(Duration.ofSeconds(5));
    assertThat(graph.view().nodes()).hasSize(2);
    advance(Duration.ofMillis(1));
    assertThat(graph.view().nodes()).extracting(GraphView.Node::tag).containsExactly("bob");
    assertThat(graph.view().links()).isEmpty();
  }

  @Test
  void forgetsANodeThatSaysGoodbye() {
    hear(alice(active(BOB, Role.WIDGET, 1)));
    assertThat(graph.apply(new NetstateMessage.Goodbye(new Stamp(1, ++seqno), ALICE), now))
        .isEqualTo(Verdict.ACCEPTED);
    assertThat(graph.view().nodes()).isEmpty();
    assertThat(graph.view().links()).isEmpty();
  }

  @Test
  void theVersionGrowsOnlyWithWhatCanBeSeen() {
    hear(alice(active(BOB, Role.WIDGET, 1)));
    long version = graph.version();
    GraphView view = graph.view();
    hear(alice(active(BOB, Role.WIDGET, 1)));
    advance(Duration.ofSeconds(1));
    assertThat(graph.version()).isEqualTo(version);
    assertThat(graph.view()).isSameAs(view);

    hear(alice(active(BOB, Role.WIDGET, 2)));
    assertThat(graph.version()).isGreaterThan(version);
    assertThat(link(BOB, ALICE).bytesPerSecond()).isEqualTo(2);
  }

  @Test
  void aReplayedMessageChangesNothing() {
    NetstateMessage first = state(alice(active(BOB, Role.WIDGET, 1)), 5, 1);
    NetstateMessage second = state(alice(), 5, 2);
    NetstateMessage goodbye = new NetstateMessage.Goodbye(new Stamp(5, 3), ALICE);
    for (NetstateMessage message : List.of(first, second, goodbye)) {
      assertThat(graph.apply(message, now)).isEqualTo(Verdict.ACCEPTED);
    }
    long version = graph.version();
    for (NetstateMessage message : List.of(first, second, goodbye)) {
      assertThat(graph.apply(message, now)).isEqualTo(Verdict.STALE);
    }
    assertThat(graph.version()).isEqualTo(version);
    assertThat(graph.view().nodes()).isEmpty();
  }

  @Test
  void aRestartedNodeReplacesItsFormerRun() {
    assertThat(graph.apply(state(alice(), 5, 900), now)).isEqualTo(Verdict.ACCEPTED);
    assertThat(graph.apply(state(alice(idle(BOB, Role.WIDGET)), -6, 1), now))
        .isEqualTo(Verdict.ACCEPTED);
    assertThat(graph.apply(state(alice(), 5, 901), now)).isEqualTo(Verdict.STALE);
    assertThat(graph.view().links()).hasSize(1);
  }

  @Test
  void malloryCannotFillIt() {
    NetstateGraph small = new NetstateGraph(new GraphLimits(2, 3, Duration.ofSeconds(15)), SALT);
    NodeReport three =
        new NodeReport(
            MALLORY,
            Role.WIDGET,
            "",
            List.of(idle(ALICE, Role.DESKTOP), idle(CAROL, Role.DESKTOP), idle(EXIT, Role.EGRESS)));
    assertThat(small.apply(state(three, 1, 1), 0)).isEqualTo(Verdict.ACCEPTED);
    assertThat(small.apply(state(alice(idle(BOB, Role.WIDGET)), 1, 1), 0)).isEqualTo(Verdict.FULL);
    assertThat(small.apply(state(alice(), 1, 2), 0)).isEqualTo(Verdict.ACCEPTED);
    assertThat(small.apply(state(bob(), 1, 1), 0)).isEqualTo(Verdict.FULL);
    // Who is on the map already stays, and room that comes free is used.
    assertThat(small.apply(state(three, 1, 2), 0)).isEqualTo(Verdict.ACCEPTED);
    small.expire(Duration.ofSeconds(16).toNanos());
    assertThat(small.view().nodes()).isEmpty();
    assertThat(small.apply(state(bob(idle(ALICE, Role.DESKTOP)), 1, 2), 0))
        .isEqualTo(Verdict.ACCEPTED);
  }

  @Test
  void namesNobodyWhoAsksForHelp() {
    hear(alice(active(BOB, Role.WIDGET, 1)));
    hear(bob(active(ALICE, Role.DESKTOP, 1)));
    String json = GraphJson.format(graph.view());
    assertThat(json).contains(BOB.base64());
    assertThat(json).doesNotContain(ALICE.base64().substring(0, 8));
    NetstateGraph other = new NetstateGraph(GraphLimits.DEFAULT, Bytes.ofUtf8("another salt"));
    other.apply(state(alice(), 1, 1), 0);
    assertThat(graph.view().nodes()).doesNotContainAnyElementsOf(other.view().nodes());
  }

  private void hear(NodeReport report) {
    assertThat(graph.apply(state(report, 1, ++seqno), now)).isEqualTo(Verdict.ACCEPTED);
  }

  private void advance(Duration by) {
    now += TimeUnit.NANOSECONDS.convert(by);
    graph.expire(now);
  }

  private GraphView.Link link(NodeId helper, NodeId helped) {
    return graph.view().links().stream()
        .filter(link -> link.helper().equals(name(helper)) && link.helped().equals(name(helped)))
        .findFirst()
        .orElseThrow();
  }

  private Role role(NodeId node) {
    return graph.view().nodes().stream()
        .filter(one -> one.id().equals(name(node)))
        .findFirst()
        .orElseThrow()
        .role();
  }

  private static String name(NodeId node) {
    return new PublicNames(SALT).of(node);
  }

  private static NetstateMessage state(NodeReport report, long run, long seqno) {
    return new NetstateMessage.State(new Stamp(run, seqno), report);
  }
}
