// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tollway.control.ControlEvents;
import tollway.identity.NodeId;
import tollway.pipeline.DesktopFault;
import tollway.pipeline.WidgetFault;

/** One thing that went wrong, for a daemon's status and its events. */
record ErrorLine(Instant at, Enum<?> cause, Optional<NodeId> person, String why) {
  static ErrorLine of(DesktopFault fault) {
    return new ErrorLine(fault.at(), fault.cause(), Optional.empty(), fault.why());
  }

  static ErrorLine of(WidgetFault fault) {
    return new ErrorLine(fault.at(), fault.cause(), fault.person(), fault.why());
  }

  /** One of several. */
  JsonObject listed() {
    JsonObject json = new JsonObject();
    json.addProperty("at", at.truncatedTo(ChronoUnit.SECONDS).toString());
    return described(json);
  }

  /** The latest, and how long ago it was. */
  JsonObject last(Instant now) {
    JsonObject json = described(new JsonObject());
    json.addProperty("ageSeconds", Math.max(0, Duration.between(at, now).toSeconds()));
    return json;
  }

  JsonObject event() {
    return described(ControlEvents.event("error"));
  }

  private JsonObject described(JsonObject json) {
    person.ifPresent(who -> json.addProperty("person", who.brief()));
    json.addProperty("cause", Causes.word(cause));
    if (!why.isEmpty()) {
      json.addProperty("why", why);
    }
    return json;
  }
}
