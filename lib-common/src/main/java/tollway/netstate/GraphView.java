// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.util.List;
import java.util.Optional;
import tollway.identity.NodeId;

/** The graph at one moment, as everybody may see it; a greater version is a later moment. */
public record GraphView(long version, List<Node> nodes, List<Link> links) {
  /** What a view from another server may hold at most. */
  public static final int MAX_NODES = 16_384;

  public static final int MAX_LINKS = 16_384;

  public GraphView {
    nodes = List.copyOf(nodes);
    links = List.copyOf(links);
  }

  /**
   * One node. {@code id} holds only for the life of the server; {@code key} is there for volunteers
   * that report themselves, never for somebody who asks for help. Who is {@code reporting} false is
   * known from its peers alone.
   */
  public record Node(String id, Role role, String tag, Optional<NodeId> key, boolean reporting) {}

  /**
   * One connection: {@code helper} stands nearer to the exit. {@code confirmed} when both ends
   * reported it.
   */
  public record Link(
      String helper, String helped, Edge.State state, long bytesPerSecond, boolean confirmed) {}
}
