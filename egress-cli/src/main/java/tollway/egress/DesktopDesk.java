// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tollway.pipeline.Desktop;
import tollway.pipeline.DesktopFault;
import tollway.pipeline.DesktopStatus;
import tollway.session.PathSnapshot;

/** What a desktop answers its user. On its loop. */
final class DesktopDesk implements RoleControl.Desk {
  private final Desktop desktop;
  private final Supplier<List<JsonObject>> present;

  DesktopDesk(Desktop desktop, Supplier<List<JsonObject>> present) {
    this.desktop = desktop;
    this.present = present;
  }

  @Override
  public void status(Consumer<JsonObject> sink) {
    DesktopStatus status = desktop.status();
    JsonObject json = new JsonObject();
    json.addProperty("node", desktop.nodeId().base64());
    json.addProperty("ready", status.ready());
    json.addProperty("state", status.state());
    json.addProperty("freddie", status.freddie() ? "connected" : "not connected");
    json.addProperty("connecting", status.connecting());
    json.addProperty("connections", status.connections());
    json.addProperty("waiting", status.waiting());
    JsonObject faults = new JsonObject();
    status.faults().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> faults.addProperty(WidgetDesk.word(each.getKey()), each.getValue()));
    json.add("errors", faults);
    JsonArray paths = new JsonArray();
    status.paths().forEach(path -> paths.add(path(path)));
    json.add("paths", paths);
    JsonArray latest = new JsonArray();
    status.latest().forEach(fault -> latest.add(fault(fault)));
    json.add("lastErrors", latest);
    sink.accept(json);
  }

  @Override
  public List<JsonObject> present() {
    return present.get();
  }

  private static JsonObject path(PathSnapshot path) {
    JsonObject json = new JsonObject();
    json.addProperty("path", path.label());
    json.addProperty("state", WidgetDesk.word(path.state()));
    path.rtt()
        .ifPresent(rtt -> json.addProperty("rttMillis", Math.round(rtt.toNanos() / 1e5) / 10.0));
    json.addProperty("sentBytes", path.bytesSent());
    json.addProperty("receivedBytes", path.bytesReceived());
    json.addProperty("droppedFrames", path.framesDropped());
    return json;
  }

  private static JsonObject fault(DesktopFault fault) {
    JsonObject json = new JsonObject();
    json.addProperty("at", fault.at().truncatedTo(ChronoUnit.SECONDS).toString());
    json.addProperty("cause", WidgetDesk.word(fault.cause()));
    json.addProperty("why", fault.why());
    return json;
  }
}
