// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tollway.netstate.Cast.ALICE;
import static tollway.netstate.Cast.BOB;
import static tollway.netstate.Cast.CAROL;
import static tollway.netstate.Cast.EXIT;
import static tollway.netstate.Cast.active;
import static tollway.netstate.Cast.idle;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.proto.netstate.EdgeMessage;
import tollway.proto.netstate.EdgeState;
import tollway.proto.netstate.NodeRole;
import tollway.proto.netstate.ReportMessage;
import tollway.proto.netstate.StateMessage;

final class ReportCodecTest {
  private static final NetstateMessage STATE =
      new NetstateMessage.State(
          new Stamp(0x0123456789abcdefL, 7),
          new NodeReport(
              BOB,
              Role.WIDGET,
              "Bob’s café",
              List.of(active(ALICE, Role.DESKTOP, 1_500_000), idle(EXIT, Role.EGRESS))));
  private static final NetstateMessage GOODBYE = new NetstateMessage.Goodbye(new Stamp(-1, 8), BOB);

  /** Changing one of these lines changes the protocol. */
  private static final String STATE_HEX =
      "0a206b79c57e6a095239282c04818e96112f3f03a4001ba97a564c23852a3f1ea5fc11efcdab89674523"
          + "01180722650802120d426f62e280997320636166c3a91a2a0a20cecc1507dc1ddd7295951c290888f095"
          + "adb9044d1b73d696e6df065d683bd4fc1001180220e0c65b1a260a209be3287795907809407e14439ff1"
          + "98d5bfc7dce6f9bc743cb369146f610b480110031801";

  private static final String GOODBYE_HEX =
      "0a206b79c57e6a095239282c04818e96112f3f03a4001ba97a564c23852a3f1ea5fc11ffffffffffffff"
          + "ff18082a00";

  @Test
  void readsWhatItWrote() throws MalformedBytesException {
    assertThat(ReportCodec.decode(ReportCodec.encode(STATE))).isEqualTo(STATE);
    assertThat(ReportCodec.decode(ReportCodec.encode(GOODBYE))).isEqualTo(GOODBYE);
  }

  @Test
  void keepsToTheGoldenVectors() throws MalformedBytesException {
    assertThat(ReportCodec.encode(STATE).hex()).isEqualTo(STATE_HEX);
    assertThat(ReportCodec.encode(GOODBYE).hex()).isEqualTo(GOODBYE_HEX);
    assertThat(ReportCodec.decode(Bytes.ofHex(STATE_HEX))).isEqualTo(STATE);
    assertThat(ReportCodec.decode(Bytes.ofHex(GOODBYE_HEX))).isEqualTo(GOODBYE);
  }

  @Test
  void passesOverFieldsOfALaterProtocol() throws MalformedBytesException {
    Bytes later = Bytes.ofHex(GOODBYE_HEX).plus(Bytes.ofHex("fa3e0568656c6c6f"));
    assertThat(ReportCodec.decode(later)).isEqualTo(GOODBYE);
  }

  @Test
  void theLargestReportFits() throws MalformedBytesException {
    List<Edge> edges = new ArrayList<>();
    for (int i = 0; i < NodeReport.MAX_EDGES; i++) {
      edges.add(active(Cast.node(1000 + i), Role.WIDGET, Edge.MAX_RATE));
    }
    NodeReport largest = new NodeReport(EXIT, Role.EGRESS, "ü".repeat(32), edges);
    Bytes encoded = ReportCodec.encode(new NetstateMessage.State(new Stamp(-1, 1L << 62), largest));
    assertThat(encoded.size()).isLessThan(ReportCodec.MAX_BYTES);
    assertThat(((NetstateMessage.State) ReportCodec.decode(encoded)).report()).isEqualTo(largest);
  }

  @Test
  void refusesWhatIsOutOfBounds() {
    assertRefused(valid().setNode(ByteString.EMPTY));
    assertRefused(valid().setNode(ByteString.copyFrom(new byte[32]))); // A key of small order.
    assertRefused(valid().setSeqno(0));
    assertRefused(valid().setSeqno(-1));
    assertRefused(valid().clearWhat());
    assertRefused(valid().setState(state().setRoleValue(0)));
    assertRefused(valid().setState(state().setRoleValue(9)));
    assertRefused(valid().setState(state().setTag("x".repeat(65))));
    assertRefused(valid().setState(state().addEdges(edge().setStateValue(3))));
    assertRefused(valid().setState(state().addEdges(edge().setPeerRoleValue(0))));
    assertRefused(valid().setState(state().addEdges(edge().setBytesPerSecond(-1))));
    assertRefused(valid().setState(state().addEdges(edge().setBytesPerSecond(Edge.MAX_RATE + 1))));
    assertRefused(valid().setState(state().addEdges(edge()).addEdges(edge())));
    assertRefused(valid().setState(state().addEdges(edge().setPeer(key(BOB)))));
    StateMessage.Builder crowd = state();
    for (int i = 0; i <= NodeReport.MAX_EDGES; i++) {
      crowd.addEdges(edge().setPeer(key(CAROL)));
    }
    assertRefused(valid().setState(crowd));
    assertThatThrownBy(() -> ReportCodec.decode(Bytes.of(new byte[ReportCodec.MAX_BYTES + 1])))
        .isInstanceOf(MalformedBytesException.class);
  }

  @Test
  void refusesTagsThatNoScreenShouldShow() {
    for (String tag :
        List.of(
            "a\nb", "\u001b[2J", "\u0000", "\u009b", "a\u202eb", "\u2066", "\u2028", "\u200b")) {
      assertRefused(valid().setState(state().setTag(tag)));
      assertThat(NodeReport.isTag(tag)).isFalse();
    }
    assertThat(NodeReport.isTag("\ud800")).isFalse();
    assertThat(NodeReport.isTag("<script>alert(1)</script> & 'q' 👩‍🔧 日本")).isTrue();
  }

  @Test
  void noiseIsAMessageOrMalformed() {
    Random random = new Random(20261121);
    byte[] sound = ReportCodec.encode(STATE).toArray();
    int survived = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] noise;
      if (round % 2 == 0) {
        noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
      } else {
        noise = java.util.Arrays.copyOf(sound, random.nextInt(sound.length + 8));
        for (int flips = random.nextInt(4); flips > 0 && noise.length > 0; flips--) {
          noise[random.nextInt(noise.length)] = (byte) random.nextInt();
        }
      }
      try {
        NetstateMessage message = ReportCodec.decode(Bytes.of(noise));
        assertThat(ReportCodec.decode(ReportCodec.encode(message))).isEqualTo(message);
        survived++;
      } catch (MalformedBytesException expected) {
        assertThat(expected).hasMessageNotContaining("\n");
      }
    }
    assertThat(survived).isPositive();
  }

  private static void assertRefused(ReportMessage.Builder message) {
    assertThatThrownBy(() -> ReportCodec.decode(Bytes.of(message.build().toByteArray())))
        .isInstanceOf(MalformedBytesException.class);
  }

  private static ReportMessage.Builder valid() {
    return ReportMessage.newBuilder().setNode(key(BOB)).setRun(1).setSeqno(1).setState(state());
  }

  private static StateMessage.Builder state() {
    return StateMessage.newBuilder().setRole(NodeRole.NODE_ROLE_WIDGET).setTag("bob");
  }

  private static EdgeMessage.Builder edge() {
    return EdgeMessage.newBuilder()
        .setPeer(key(ALICE))
        .setPeerRole(NodeRole.NODE_ROLE_DESKTOP)
        .setState(EdgeState.EDGE_STATE_IDLE);
  }

  private static ByteString key(tollway.identity.NodeId node) {
    return ByteString.copyFrom(node.key().toBuffer());
  }
}
