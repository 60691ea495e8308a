// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.cli.Version;
import tollway.firewall.Firewall;
import tollway.identity.NodeId;
import tollway.link.LinkInterface;
import tollway.neighbor.Attempt;
import tollway.neighbor.Neighbor;
import tollway.neighbor.NeighborId;
import tollway.neighbor.Neighborhood;
import tollway.trust.Standing;
import tollway.tunnel.TunnelNames;
import tollway.tunnel.TunnelStatus;

/** What the daemon tells of itself. Made on the node's loop; keys appear, private ones never. */
final class NodeReport {
  private final NodeId self;
  private final Neighborhood neighborhood;
  private final TunnelKeeper keeper;

  NodeReport(NodeId self, Neighborhood neighborhood, TunnelKeeper keeper) {
    this.self = self;
    this.neighborhood = neighborhood;
    this.keeper = keeper;
  }

  JsonObject status(
      String backend,
      List<LinkInterface> links,
      Optional<Firewall.Counters> counters,
      Duration uptime) {
    JsonObject status = new JsonObject();
    status.addProperty("publicKey", self.base64());
    status.addProperty("version", Version.text());
    status.addProperty("pid", ProcessHandle.current().pid());
    status.addProperty("uptimeSeconds", uptime.toSeconds());
    status.addProperty("backend", backend);
    status.addProperty("tunnelAddress", text(TunnelNames.linkLocal(self.key())));
    JsonArray interfaces = new JsonArray();
    links.forEach(link -> interfaces.add(link.name()));
    status.add("interfaces", interfaces);
    JsonObject states = new JsonObject();
    neighborhood
        .snapshot()
        .forEach(
            neighbor -> {
              String state = neighbor.state().name();
              int before = states.has(state) ? states.get(state).getAsInt() : 0;
              states.addProperty(state, before + 1);
            });
    status.add("neighbors", states);
    counters.ifPresent(values -> status.add("forwarding", forwarding(values)));
    JsonObject messages = new JsonObject();
    messages.addProperty("accepted", neighborhood.accepted());
    neighborhood.drops().forEach((why, count) -> messages.addProperty(why.name(), count));
    if (neighborhood.unanswered() > 0) {
      messages.addProperty("UNANSWERED", neighborhood.unanswered());
    }
    status.add("messages", messages);
    return status;
  }

  JsonObject neighbors() {
    JsonArray list = new JsonArray();
    Instant now = neighborhood.now();
    for (Neighbor neighbor : neighborhood.snapshot()) {
      JsonObject json = head(neighbor);
      json.addProperty("trust", trust(neighbor));
      json.addProperty("speaks", neighbor.nonce().isPresent() ? "scrooge2" : "scrooge");
      json.addProperty("controlAddress", neighbor.contact().control().toString());
      json.addProperty("heardSecondsAgo", seconds(neighbor.contact().heard(), now));
      if (neighbor.attempt().isPresent()) {
        json.addProperty("tunnel", keeper.name(neighbor.id()));
      }
      list.add(json);
    }
    JsonObject result = new JsonObject();
    result.add("neighbors", list);
    return result;
  }

  JsonObject tunnels() {
    JsonArray list = new JsonArray();
    Map<NeighborId, TunnelKeeper.Held> held = keeper.held();
    for (Neighbor neighbor : neighborhood.snapshot()) {
      TunnelKeeper.@Nullable Held tunnel = held.get(neighbor.id());
      if (tunnel != null) {
        list.add(tunnel(neighbor, tunnel));
      }
    }
    JsonObject result = new JsonObject();
    result.add("tunnels", list);
    return result;
  }

  private JsonObject tunnel(Neighbor neighbor, TunnelKeeper.Held held) {
    JsonObject json = head(neighbor);
    json.addProperty("tunnel", held.spec.name());
    json.addProperty("port", held.spec.port());
    json.addProperty("mtu", held.spec.device().mtu());
    json.addProperty("ownTunnelKey", held.spec.keys().publicKey().base64());
    held.spec.peer().ifPresent(peer -> json.addProperty("tunnelKey", peer.key().base64()));
    neighbor
        .attempt()
        .flatMap(Attempt::peer)
        .ifPresent(peer -> json.addProperty("endpoint", peer.endpoint().toString()));
    InetAddress address = TunnelNames.linkLocal(neighbor.id().node().key());
    json.addProperty("address", text(address));
    if (neighbor.mayForward()) {
      Instant seen = neighbor.attempt().orElseThrow().handshakeSeen();
      json.addProperty("handshakeSecondsAgo", seconds(seen, neighborhood.now()));
    }
    held.status.ifPresent(status -> traffic(json, status));
    return json;
  }

  /** What the operator said of it; {@code unwelcome} when it may not have a tunnel. */
  private String trust(Neighbor neighbor) {
    if (neighborhood.closed().containsKey(neighbor.id())) {
      return "closed";
    }
    return neighbor.welcome()
        ? neighborhood.policy().standing(neighbor.id().node()).map(Standing::label).orElse("open")
        : "unwelcome";
  }

  private static void traffic(JsonObject json, TunnelStatus status) {
    json.addProperty("receivedBytes", status.receivedBytes());
    json.addProperty("sentBytes", status.sentBytes());
  }

  private static JsonObject head(Neighbor neighbor) {
    JsonObject json = new JsonObject();
    json.addProperty("publicKey", neighbor.id().node().base64());
    json.addProperty("interface", neighbor.id().link());
    json.addProperty("state", neighbor.state().name());
    return json;
  }

  private static JsonObject forwarding(Firewall.Counters counters) {
    JsonObject json = new JsonObject();
    count(json, "forwarded", counters.forwarded());
    count(json, "dropped", counters.dropped());
    count(json, "spoofed", counters.spoofed());
    count(json, "bridged", counters.bridged());
    return json;
  }

  private static void count(JsonObject json, String what, Firewall.Count count) {
    json.addProperty(what + "Packets", count.packets());
    json.addProperty(what + "Bytes", count.bytes());
  }

  private static long seconds(Instant since, Instant now) {
    return Duration.between(since, now).toSeconds();
  }

  private static String text(InetAddress address) {
    return NetUtil.toAddressString(address); // RFC 5952.
  }
}
