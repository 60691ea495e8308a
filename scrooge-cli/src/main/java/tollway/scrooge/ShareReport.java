// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tollway.control.ControlHandler;
import tollway.shaping.Claim;
import tollway.shaping.Division;
import tollway.shaping.Portion;
import tollway.shaping.ShapingPlan;

/** What the daemon tells of its shares: promised, due and delivered. Made on the node's loop. */
final class ShareReport {
  /** The class of this node's own traffic. */
  private static final int OWN = 2;

  private final Shares shares;

  ShareReport(Shares shares) {
    this.shares = shares;
  }

  /** The share itself. */
  JsonObject share() {
    JsonObject json = new JsonObject();
    shares.wish().ifPresent(wish -> json.addProperty("share", wish.amount()));
    shares.wish().flatMap(ShareWish::uplink).ifPresent(text -> json.addProperty("uplink", text));
    Optional<ShapingPlan> plan = shares.wanted();
    plan.ifPresent(
        each -> {
          json.addProperty("shareKbit", each.share().kbit());
          each.uplink().ifPresent(rate -> json.addProperty("uplinkKbit", rate.kbit()));
          json.addProperty("queue", each.leaf().kind());
        });
    shares.config().ingress().ifPresent(rate -> json.addProperty("ingressKbit", rate.kbit()));
    if (!shares.trouble().isEmpty()) {
      json.addProperty("trouble", shares.trouble());
    }
    return json;
  }

  /** The share, and every neighbour over the last second. */
  void answer(ControlHandler.Answer answer) {
    shares
        .meter()
        .read(
            reading -> {
              JsonObject json = share();
              Optional<ShapingPlan> plan = shares.standing();
              if (plan.isPresent() && reading.isPresent()) {
                measured(json, plan.get(), reading.get());
              } else {
                json.add("neighbors", new JsonArray());
              }
              answer.result(json);
            });
  }

  private void measured(JsonObject json, ShapingPlan plan, ShareMeter.Reading reading) {
    json.addProperty("intervalSeconds", rounded(reading.seconds()));
    SortedMap<String, Claim> claims = shares.claims();
    SortedMap<String, ShareMeter.Flow> flows = new TreeMap<>();
    claims
        .keySet()
        .forEach(
            key -> {
              ShareMeter.@Nullable Flow flow = reading.flows().get(shares.number(key));
              if (flow != null) {
                flows.put(key, flow);
              }
            });
    Map<String, Double> due = due(plan, claims, flows);
    JsonArray list = new JsonArray();
    SortedMap<String, SortedSet<String>> tunnels = shares.neighbors();
    flows.forEach(
        (key, flow) -> {
          @Nullable Portion portion = plan.portions().get(shares.number(key));
          @Nullable SortedSet<String> over = tunnels.get(key);
          if (portion != null && over != null) {
            JsonObject neighbor = neighbor(key, portion, flow, due.get(key));
            JsonArray names = new JsonArray();
            over.forEach(names::add);
            neighbor.add("tunnels", names);
            list.add(neighbor);
          }
        });
    json.add("neighbors", list);
    double total = flows.values().stream().mapToDouble(ShareMeter.Flow::kbit).sum();
    json.addProperty("deliveredKbit", rounded(total));
    ShareMeter.@Nullable Flow own = reading.flows().get(OWN);
    if (own != null) {
      json.addProperty("ownKbit", rounded(own.kbit()));
    }
  }

  private JsonObject neighbor(
      String key, Portion portion, ShareMeter.Flow flow, @Nullable Double due) {
    NeighborWeights.Weighed weighed = shares.weights().of(key);
    JsonObject json = new JsonObject();
    json.addProperty("publicKey", key);
    json.addProperty("weight", weighed.claim().weight());
    json.addProperty("origin", weighed.origin());
    json.addProperty("promisedKbit", portion.rate().kbit());
    json.addProperty("ceilKbit", portion.ceil().kbit());
    json.addProperty("deliveredKbit", rounded(flow.kbit()));
    if (due != null && due > 0) { // Who gets all it asks for is owed nothing.
      json.addProperty("dueKbit", rounded(due));
      json.addProperty("errorPercent", rounded((flow.kbit() - due) / due * 100));
    }
    json.addProperty("backlogBytes", flow.backlogBytes());
    json.addProperty("drops", flow.drops());
    json.addProperty("totalBytes", flow.total().bytes());
    json.addProperty("totalDrops", flow.total().drops());
    return json;
  }

  /** What those who want more should have, given what the others leave. */
  private Map<String, Double> due(
      ShapingPlan plan, Map<String, Claim> claims, Map<String, ShareMeter.Flow> flows) {
    Map<String, Claim> wanting = new TreeMap<>();
    double left = plan.share().kbit();
    for (Map.Entry<String, ShareMeter.Flow> each : flows.entrySet()) {
      @Nullable Claim claim = claims.get(each.getKey());
      if (claim != null && each.getValue().saturated()) {
        wanting.put(each.getKey(), claim);
      } else {
        left -= each.getValue().kbit();
      }
    }
    return Division.due(
        Math.max(0, left), plan.share(), shares.config().freeFloor(), wanting, claims.size());
  }

  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.1f", value));
  }
}
