// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import javax.net.ssl.SSLException;
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

  /** Whether it came to TLS and no further. */
  static boolean isTls(Throwable failure) {
    return failure instanceof SSLException || failure.getCause() instanceof SSLException;
  }
}
