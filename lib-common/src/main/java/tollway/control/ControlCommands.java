// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import java.util.HashMap;
import java.util.Map;

/** The commands that a daemon knows, each with who answers it; filled before the socket opens. */
public final class ControlCommands implements ControlHandler {
  /** The exit code that a question with a fault gets. */
  static final int USAGE = 2;

  private final Map<String, ControlHandler> handlers = new HashMap<>();

  /** {@code handler} answers {@code command}, on the daemon's loop. */
  public void on(String command, ControlHandler handler) {
    if (handlers.put(command, handler) != null) {
      throw new IllegalStateException("two answer '" + command + "'");
    }
  }

  @Override
  public void handle(ControlQuestion question, Answer answer) throws ControlRefusedException {
    ControlHandler handler = handlers.get(question.command());
    if (handler == null) {
      throw new ControlRefusedException(
          USAGE, "the daemon does not know '" + question.command() + "'");
    }
    handler.handle(question, answer);
  }
}
