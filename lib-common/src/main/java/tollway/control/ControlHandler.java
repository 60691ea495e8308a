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

    /** Answers with {@code result} and goes on: the connection carries lines until it ends. */
    default Stream stream(JsonObject result) {
      throw new IllegalStateException("whoever asks here waits for one answer");
    }
  }

  /** Lines to a client that may be slow, or gone. Any thread. */
  interface Stream {
    /** Sends {@code line}; a reader that falls too far behind is told so and cut off. */
    void send(JsonObject line);

    /** False when nobody reads any more. */
    boolean isOpen();
  }
}
