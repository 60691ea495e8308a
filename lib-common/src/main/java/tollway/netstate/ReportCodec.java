// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.proto.netstate.EdgeMessage;
import tollway.proto.netstate.EdgeState;
import tollway.proto.netstate.GoodbyeMessage;
import tollway.proto.netstate.NodeRole;
import tollway.proto.netstate.ReportMessage;
import tollway.proto.netstate.StateMessage;

/** The body of {@code POST /v1/report}: protobuf with bounds. Unknown fields are passed over. */
public final class ReportCodec {
  /** More than the largest report that keeps the bounds, in bytes. */
  public static final int MAX_BYTES = 64 << 10;

  private ReportCodec() {}

  public static Bytes encode(NetstateMessage message) {
    ReportMessage.Builder builder =
        ReportMessage.newBuilder()
            .setNode(ByteString.copyFrom(message.node().key().toBuffer()))
            .setRun(message.stamp().run())
            .setSeqno(message.stamp().seqno());
    return Bytes.of(message.accept(new Filler(builder)).build().toByteArray());
  }

  public static NetstateMessage decode(Bytes bytes) throws MalformedBytesException {
    if (bytes.size() > MAX_BYTES) {
      throw new MalformedBytesException("a report of " + bytes.size() + " bytes");
    }
    try {
      ReportMessage message = ReportMessage.parseFrom(bytes.toBuffer());
      NodeId node = nodeId(message.getNode());
      Stamp stamp = new Stamp(message.getRun(), message.getSeqno());
      return switch (message.getWhatCase()) {
        case STATE -> new NetstateMessage.State(stamp, report(node, message.getState()));
        case GOODBYE -> new NetstateMessage.Goodbye(stamp, node);
        case WHAT_NOT_SET -> throw new MalformedBytesException("a report that says nothing");
      };
    } catch (InvalidProtocolBufferException notProtobuf) {
      throw new MalformedBytesException("not a report", notProtobuf);
    } catch (IllegalArgumentException outOfBounds) {
      throw new MalformedBytesException("a report with " + outOfBounds.getMessage(), outOfBounds);
    }
  }

  private static NodeReport report(NodeId node, StateMessage state) throws MalformedBytesException {
    if (state.getEdgesCount() > NodeReport.MAX_EDGES) {
      throw new MalformedBytesException("a report with " + state.getEdgesCount() + " edges");
    }
    List<Edge> edges = new ArrayList<>(state.getEdgesCount());
    for (EdgeMessage edge : state.getEdgesList()) {
      edges.add(
          new Edge(
              nodeId(edge.getPeer()),
              role(edge.getPeerRole()),
              state(edge.getState()),
              edge.getBytesPerSecond()));
    }
    return new NodeReport(node, role(state.getRole()), state.getTag(), edges);
  }

  private static NodeId nodeId(ByteString key) throws MalformedBytesException {
    return NodeId.of(Bytes.of(key.asReadOnlyByteBuffer()));
  }

  private static Role role(NodeRole role) throws MalformedBytesException {
    return switch (role) {
      case NODE_ROLE_DESKTOP -> Role.DESKTOP;
      case NODE_ROLE_WIDGET -> Role.WIDGET;
      case NODE_ROLE_EGRESS -> Role.EGRESS;
      case NODE_ROLE_UNSPECIFIED, UNRECOGNIZED -> throw new MalformedBytesException("no such role");
    };
  }

  private static Edge.State state(EdgeState state) throws MalformedBytesException {
    return switch (state) {
      case EDGE_STATE_IDLE -> Edge.State.IDLE;
      case EDGE_STATE_ACTIVE -> Edge.State.ACTIVE;
      case EDGE_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new MalformedBytesException("no such state of an edge");
    };
  }

  /** Writes what the kinds of message do not have in common. */
  private record Filler(ReportMessage.Builder builder)
      implements NetstateMessage.Visitor<ReportMessage.Builder> {
    @Override
    public ReportMessage.Builder visit(NetstateMessage.State state) {
      NodeReport report = state.report();
      StateMessage.Builder out =
          StateMessage.newBuilder().setRole(role(report.role())).setTag(report.tag());
      for (Edge edge : report.edges()) {
        out.addEdges(
            EdgeMessage.newBuilder()
                .setPeer(ByteString.copyFrom(edge.peer().key().toBuffer()))
                .setPeerRole(role(edge.peerRole()))
                .setState(state(edge.state()))
                .setBytesPerSecond(edge.bytesPerSecond()));
      }
      return builder.setState(out);
    }

    @Override
    public ReportMessage.Builder visit(NetstateMessage.Goodbye goodbye) {
      return builder.setGoodbye(GoodbyeMessage.getDefaultInstance());
    }

    private static NodeRole role(Role role) {
      return switch (role) {
        case DESKTOP -> NodeRole.NODE_ROLE_DESKTOP;
        case WIDGET -> NodeRole.NODE_ROLE_WIDGET;
        case EGRESS -> NodeRole.NODE_ROLE_EGRESS;
      };
    }

    private static EdgeState state(Edge.State state) {
      return switch (state) {
        case IDLE -> EdgeState.EDGE_STATE_IDLE;
        case ACTIVE -> EdgeState.EDGE_STATE_ACTIVE;
      };
    }
  }
}
