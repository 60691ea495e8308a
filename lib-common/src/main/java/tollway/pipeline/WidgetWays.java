// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tollway.identity.NodeId;
import tollway.loop.NettyEventLoop;
import tollway.onward.LoopGuard;
import tollway.onward.Onward;
import tollway.onward.VolunteerHops;
import tollway.signaling.PathAssertion;
import tollway.signaling.Signal;

/** By what a volunteer gets on to the egresses of its invites. On its loop. */
final class WidgetWays {
  private final NettyEventLoop loop;
  private final WidgetConfig config;
  private final VolunteerHops hops;
  private final EgressSocket.Listener listener;
  private final LoopGuard loops = new LoopGuard();
  private final Map<NodeId, EgressSocket> egresses = new HashMap<>();
  private final Map<NodeId, String> away = new HashMap<>();

  /** {@code listener} hears of every egress. */
  WidgetWays(
      NettyEventLoop loop,
      WidgetConfig config,
      VolunteerHops hops,
      EgressSocket.Listener listener) {
    this.loop = loop;
    this.config = config;
    this.hops = hops;
    this.listener = listener;
    if (config.via().usesEgress()) {
      config
          .invites()
          .forEach(invite -> egresses.computeIfAbsent(invite.egress(), key -> socketTo(invite)));
    }
  }

  void start() {
    egresses.values().forEach(EgressSocket::start);
  }

  void close() {
    egresses.values().forEach(EgressSocket::close);
  }

  /** What may be said to people now. */
  PathAssertion assertion() {
    return PathAssertion.connected(connected())
        .andOnRequest(config.via().usesVolunteers() ? config.egresses() : List.of());
  }

  /** The egresses that are connected. */
  List<NodeId> connected() {
    return egresses.entrySet().stream()
        .filter(entry -> entry.getValue().isUp())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  List<WidgetStatus.Egress> status() {
    return egresses.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(each -> link(each.getKey(), each.getValue().isUp()))
        .toList();
  }

  /** For one person; {@code failed} hears when it ends by itself. Empty: there is none. */
  Optional<Onward> to(Signal.Matched person, Consumer<String> failed) {
    Optional<Onward> way = Optional.empty();
    if (person.distance() == 0) {
      way = Optional.<Onward>ofNullable(egresses.get(person.egress())).filter(Onward::isUp);
    } else if (config.via().usesVolunteers() && config.egresses().contains(person.egress())) {
      way = Optional.of(hops.add(person, failed));
    }
    return way.map(each -> loops.watch(each, failed));
  }

  private EgressSocket socketTo(Invite invite) {
    return new EgressSocket(
        loop,
        invite.egressUrls(),
        invite.token(),
        config.roots(),
        new EgressSocket.Listener() {
          @Override
          public void up() {
            listener.up();
          }

          @Override
          public void down(String why) {
            away.put(invite.egress(), why);
            listener.down(why);
          }
        });
  }

  private WidgetStatus.Egress link(NodeId egress, boolean up) {
    return new WidgetStatus.Egress(
        egress, up, up ? "" : away.getOrDefault(egress, "not connected yet"));
  }
}
