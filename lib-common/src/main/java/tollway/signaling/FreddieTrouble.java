// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import tollway.reach.RouteTrouble;

/** Why a freddie cannot be reached, in a line. */
final class FreddieTrouble {
  private FreddieTrouble() {}

  static String text(Throwable failure) {
    boolean other =
        failure instanceof WebSocketClientHandshakeException || failure instanceof DecoderException;
    return RouteTrouble.of(failure)
        .orElse(other ? "not a freddie: " + failure.getMessage() : failure.toString());
  }

  /** Whether it never came to HTTP: no other way to talk would help. */
  static boolean isOfTheRoute(Throwable failure) {
    return RouteTrouble.of(failure).isPresent();
  }
}
