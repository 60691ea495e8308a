// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.control.ControlEvents;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;
import tollway.pipeline.EgressServer;
import tollway.pipeline.EgressStatus;

/** What an egress answers its operator. On one of its loops. */
final class ServeDesk implements RoleControl.Desk {
  private final EgressServer server;
  private final NodeId identity;
  private final EventLoop loop;
  private final Causes errors = new Causes("errors");
  private @Nullable JsonObject load;

  ServeDesk(EgressServer server, NodeId identity, EventLoop loop) {
    this.server = server;
    this.identity = identity;
    this.loop = loop;
  }

  @Override
  public void status(Consumer<JsonObject> sink) {
    server.status(
        status -> {
          JsonObject json = new JsonObject();
          json.addProperty("egress", identity.base64());
          json.addProperty("volunteers", status.volunteers());
          json.addProperty("sessions", status.sessions());
          json.addProperty("paths", status.paths());
          json.addProperty("streams", status.streams());
          json.addProperty("dials", status.dials());
          json.addProperty("streamsTotal", status.streamsTotal());
          json.addProperty("dialsFailed", status.dialsFailed());
          json.addProperty("upBytes", status.bytesUp());
          json.addProperty("downBytes", status.bytesDown());
          json.add("errors", Causes.json(status.faults()));
          status
              .lastFault()
              .map(last -> new ErrorLine(last.at(), last.cause(), Optional.empty(), ""))
              .ifPresent(last -> json.add("lastError", last.last(loop.now())));
          sink.accept(json);
        });
  }

  @Override
  public List<JsonObject> present() {
    JsonObject known = load;
    return known == null ? List.of() : List.of(known);
  }

  /**
   * Tells {@code sink} when volunteers, sessions or streams have become more or fewer, and what was
   * refused.
   */
  void look(Consumer<JsonObject> sink) {
    server.status(status -> loop.execute(() -> tell(status, sink)));
  }

  void tell(HourLine hour) {
    server.status(
        status ->
            loop.execute(
                () -> hour.tell(status.streamsTotal(), status.bytesUp(), status.bytesDown())));
  }

  private void tell(EgressStatus status, Consumer<JsonObject> sink) {
    JsonObject now = ControlEvents.event("load");
    now.addProperty("volunteers", status.volunteers());
    now.addProperty("sessions", status.sessions());
    now.addProperty("streams", status.streams());
    if (!now.equals(load)) {
      load = now;
      sink.accept(now);
    }
    errors.news(status.faults()).ifPresent(sink);
  }
}
