// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;

/**
 * Who helps whom, by the latest reports. Owned by one loop; the caller says what time it is, in
 * monotonic nanoseconds.
 */
public final class NetstateGraph {
  private final GraphLimits limits;
  private final PublicNames names;
  private final ReportOrder order = new ReportOrder();
  private final Map<NodeId, Heard> heard = new LinkedHashMap<>();

  private int edges;
  private long version;
  private @Nullable GraphView view;

  private record Heard(NodeReport report, long at) {}

  /** {@code salt} is secret and new for each server: it keeps the public names meaningless. */
  public NetstateGraph(GraphLimits limits, Bytes salt) {
    this.limits = limits;
    this.names = new PublicNames(salt);
  }

  public Verdict apply(NetstateMessage message, long now) {
    if (!order.admit(message.node(), message.stamp())) {
      return Verdict.STALE;
    }
    return message.accept(
        new NetstateMessage.Visitor<>() {
          @Override
          public Verdict visit(NetstateMessage.State state) {
            return replace(state.report(), now);
          }

          @Override
          public Verdict visit(NetstateMessage.Goodbye goodbye) {
            forget(goodbye.node());
            return Verdict.ACCEPTED;
          }
        });
  }

  /** Forgets who has been silent for too long. */
  public void expire(long now) {
    long limit = limits.silence().toNanos();
    for (Map.Entry<NodeId, Heard> entry : Map.copyOf(heard).entrySet()) {
      if (now - entry.getValue().at() > limit) {
        forget(entry.getKey());
      }
    }
  }

  /** Grows with every change of what can be seen. */
  public long version() {
    return version;
  }

  /** The same object until the version changes. */
  public GraphView view() {
    if (view == null || view.version() != version) {
      ViewBuilder builder = new ViewBuilder(names);
      heard.values().forEach(one -> builder.add(one.report()));
      view = builder.build(version);
    }
    return view;
  }

  private Verdict replace(NodeReport report, long now) {
    Heard before = heard.get(report.node());
    int edgesBefore = before == null ? 0 : before.report().edges().size();
    int edgesAfter = edges - edgesBefore + report.edges().size();
    if (edgesAfter > limits.edges() || (before == null && heard.size() >= limits.reporters())) {
      return Verdict.FULL;
    }
    edges = edgesAfter;
    heard.put(report.node(), new Heard(report, now));
    if (before == null || !before.report().equals(report)) {
      version++;
    }
    return Verdict.ACCEPTED;
  }

  private void forget(NodeId node) {
    Heard gone = heard.remove(node);
    if (gone != null) {
      edges -= gone.report().edges().size();
      version++;
    }
  }
}
