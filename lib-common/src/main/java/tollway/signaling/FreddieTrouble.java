// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import tollway.loop.TlsTrouble;
import tollway.reach.UpstreamException;

/** Why a freddie cannot be reached, in a line. */
final class FreddieTrouble {
  private FreddieTrouble() {}

  static String text(Throwable failure) {
    if (failure instanceof UpstreamException) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof UnknownHostException) {
      return "no such host";
    }
    Throwable root = failure.getCause() == null ? failure : failure.getCause();
    if (failure instanceof ConnectException || root instanceof ConnectException) {
      return "cannot connect: connection refused or timed out";
    }
    if (isTls(failure)) {
      return TlsTrouble.text(failure instanceof SSLException ? failure : root);
    }
    if (failure instanceof WebSocketClientHandshakeException
        || failure instanceof DecoderException) {
      return "not a freddie: " + failure.getMessage();
    }
    return failure.toString();
  }

  /** Whether it came to TLS and no further. */
  static boolean isTls(Throwable failure) {
    return failure instanceof SSLException || failure.getCause() instanceof SSLException;
  }
}
