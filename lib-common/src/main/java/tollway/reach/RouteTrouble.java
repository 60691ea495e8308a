// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import tollway.loop.TlsTrouble;

/** Why a route does not lead to a freddie, in words for people. */
public final class RouteTrouble {
  private RouteTrouble() {}

  /** Empty when it is not the route's fault. */
  public static Optional<String> of(Throwable failure) {
    if (failure instanceof UpstreamException) {
      return Optional.of(String.valueOf(failure.getMessage()));
    }
    if (failure instanceof UnknownHostException) {
      return Optional.of("no such host");
    }
    Throwable root = failure.getCause() == null ? failure : failure.getCause();
    if (failure instanceof ConnectException || root instanceof ConnectException) {
      return Optional.of("cannot connect: connection refused or timed out");
    }
    if (failure instanceof SSLException || root instanceof SSLException) {
      return Optional.of(TlsTrouble.text(failure instanceof SSLException ? failure : root));
    }
    return Optional.empty();
  }
}
