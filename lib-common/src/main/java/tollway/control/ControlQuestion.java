// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.JsonObject;

/** What a command asks of a daemon. */
public record ControlQuestion(String command, JsonObject arguments) {
  public static ControlQuestion of(String command) {
    return new ControlQuestion(command, new JsonObject());
  }
}
