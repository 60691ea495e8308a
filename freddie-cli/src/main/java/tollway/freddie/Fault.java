// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import tollway.signaling.Signal;

/**
 * Why a client is sent away: in our words, and in those of RFC 6455 §7.4. Travels through a
 * connection's pipeline as an event.
 */
record Fault(Signal.Code code, WebSocketCloseStatus status, int retryAfterSeconds, String text) {
  static final Fault STOPPING =
      new Fault(
          Signal.Code.STOPPING,
          WebSocketCloseStatus.ENDPOINT_UNAVAILABLE,
          1,
          "this freddie is stopping");
  static final Fault FULL =
      new Fault(
          Signal.Code.TOO_MANY, WebSocketCloseStatus.TRY_AGAIN_LATER, 30, "this freddie is full");
  static final Fault TOO_FAST =
      new Fault(
          Signal.Code.TOO_FAST, WebSocketCloseStatus.POLICY_VIOLATION, 10, "too many messages");

  static final Fault TOO_LONG =
      badMessage(WebSocketCloseStatus.MESSAGE_TOO_BIG, "a signal has at most 16 KiB");
  static final Fault NO_SIGNAL =
      badMessage(WebSocketCloseStatus.INVALID_MESSAGE_TYPE, "that was not a signal");

  /** Another version, or no proof of who it is. */
  static Fault policy(Signal.Code code, String text) {
    return new Fault(code, WebSocketCloseStatus.POLICY_VIOLATION, 0, text);
  }

  /** Others made a greater effort. */
  static Fault puzzle(int retryAfterSeconds, String text) {
    return new Fault(
        Signal.Code.PUZZLE, WebSocketCloseStatus.TRY_AGAIN_LATER, retryAfterSeconds, text);
  }

  static Fault badMessage(WebSocketCloseStatus status, String text) {
    return new Fault(Signal.Code.BAD_MESSAGE, status, 0, text);
  }
}
