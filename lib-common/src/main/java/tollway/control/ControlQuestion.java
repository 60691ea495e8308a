// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/** What a command asks of a daemon. */
public record ControlQuestion(String command, JsonObject arguments) {
  /** Longer than any key, name, rate or weight. */
  private static final int MAX_TEXT = 200;

  public static ControlQuestion of(String command) {
    return new ControlQuestion(command, new JsonObject());
  }

  /** An argument that may be left out. */
  public Optional<String> optionalText(String argument) throws ControlRefusedException {
    JsonElement value = arguments.get(argument);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isJsonPrimitive() || value.getAsString().length() > MAX_TEXT) {
      throw new ControlRefusedException(
          ControlCommands.USAGE,
          "'" + argument + "' is not a text of at most " + MAX_TEXT + " characters");
    }
    return Optional.of(value.getAsString());
  }

  public String text(String argument) throws ControlRefusedException {
    return optionalText(argument)
        .orElseThrow(
            () ->
                new ControlRefusedException(
                    ControlCommands.USAGE, "'" + argument + "' is missing"));
  }
}
