// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.control.ControlCommands;
import tollway.control.ControlEvents;
import tollway.loop.EventLoop;
import tollway.neighbor.Drop;
import tollway.neighbor.NeighborId;
import tollway.neighbor.NeighborState;

/**
 * What the node tells to those who read its events. Other parts of the node publish theirs by
 * {@link #publish}. Owned by the node's loop.
 */
final class NodeEvents {
  /** All that is told, and what ends the telling. */
  static final List<String> KINDS =
      List.of(
          "neighbor",
          "tunnel_up",
          "tunnel_down",
          "link_up",
          "link_down",
          "policy_repaired",
          "drops",
          "share",
          "stopping",
          "cut_off");

  private final ControlEvents events;
  private @Nullable JsonObject shared;
  private final Map<Drop, Long> told = new EnumMap<>(Drop.class);

  /** What is so when a reader comes. */
  interface Present {
    /** Adds an event for each thing that exists. */
    void collect(List<JsonObject> events);
  }

  NodeEvents(EventLoop loop, Present present) {
    events =
        new ControlEvents(
            loop,
            () -> {
              List<JsonObject> now = new ArrayList<>();
              present.collect(now);
              return now;
            });
  }

  void serve(ControlCommands commands) {
    commands.on("events", events);
  }

  /** {@code event} begins with {@link ControlEvents#event}. Any thread. */
  void publish(JsonObject event) {
    events.publish(event);
  }

  static JsonObject neighbor(
      NeighborId id, Optional<NeighborState> was, Optional<NeighborState> is) {
    JsonObject event = ControlEvents.event("neighbor");
    about(event, id);
    event.addProperty("was", was.map(NeighborState::name).orElse("unknown"));
    event.addProperty("is", is.map(NeighborState::name).orElse("forgotten"));
    return event;
  }

  /** {@code up}: it forwards from now on. */
  static JsonObject tunnel(boolean up, NeighborId id, String name) {
    JsonObject event = ControlEvents.event(up ? "tunnel_up" : "tunnel_down");
    about(event, id);
    event.addProperty("tunnel", name);
    return event;
  }

  static JsonObject link(boolean up, String name) {
    JsonObject event = ControlEvents.event(up ? "link_up" : "link_down");
    event.addProperty("interface", name);
    return event;
  }

  void policyRepaired(String what) {
    JsonObject event = ControlEvents.event("policy_repaired");
    event.addProperty("why", what);
    publish(event);
  }

  /** Tells by how much {@code counts} have grown since last told, if they have. */
  void drops(Map<Drop, Long> counts) {
    JsonObject event = ControlEvents.event("drops");
    counts.forEach(
        (why, count) -> {
          long more = count - told.getOrDefault(why, 0L);
          if (more > 0) {
            event.addProperty(why.name(), more);
          }
        });
    if (event.size() > 1) {
      told.putAll(counts);
      publish(event);
    }
  }

  /** Tells of {@code shares} when they differ from what was last told. */
  void shares(JsonObject shares) {
    if (!shares.equals(shared)) {
      boolean first = shared == null;
      shared = shares;
      if (!first) {
        JsonObject event = ControlEvents.event("share");
        shares.entrySet().forEach(each -> event.add(each.getKey(), each.getValue()));
        publish(event);
      }
    }
  }

  void stopping() {
    publish(ControlEvents.event("stopping"));
  }

  private static void about(JsonObject event, NeighborId id) {
    event.addProperty("publicKey", id.node().base64());
    event.addProperty("interface", id.link());
  }
}
