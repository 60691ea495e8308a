// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import com.google.gson.JsonObject;

/** A daemon's side of the control socket. */
public interface ControlHandler {
  /**
   * Called on the daemon's loop; answers {@code question} exactly once, now or later, or refuses it
   * by throwing.
   */
  void handle(ControlQuestion question, Answer answer) throws ControlRefusedException;

  /** Where the answer goes. Any thread. */
  interface Answer {
    void result(JsonObject result);

    /** {@code code} is what the asking command shall exit with. */
    void refuse(int code, String line);
  }
}
