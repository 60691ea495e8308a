// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import com.google.gson.JsonObject;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.wire.Inspection.Objection;
import tollway.wire.MalformedMessageException;

/** How it is told that a message is not acceptable: the reason code first. */
final class Refusal {
  private Refusal() {}

  static CommandFailedException of(MalformedMessageException unfit) {
    return new CommandFailedException(ExitCode.INVALID, unfit.fault() + ": " + unfit.getMessage());
  }

  static CommandFailedException of(Objection objection) {
    return new CommandFailedException(ExitCode.INVALID, line(objection));
  }

  static String line(Objection objection) {
    return objection.fault() + ": " + objection.why();
  }

  static JsonObject json(Objection objection) {
    JsonObject json = new JsonObject();
    json.addProperty("code", objection.fault().name());
    json.addProperty("why", objection.why());
    return json;
  }
}
