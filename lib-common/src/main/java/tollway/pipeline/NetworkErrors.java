// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/** What went wrong on the network, in words for people. */
final class NetworkErrors {
  private NetworkErrors() {}

  static String text(Throwable failure) {
    Throwable root = failure.getCause() == null ? failure : failure.getCause();
    if (failure instanceof ConnectTimeoutException) {
      return "no answer";
    }
    if (failure instanceof ConnectException || root instanceof ConnectException) {
      return "connection refused";
    }
    if (failure instanceof UnknownHostException) {
      return "no such host";
    }
    if (root instanceof SSLException) {
      return "TLS failed: " + root.getMessage();
    }
    // Without the name of the system call that the native transport puts in front.
    return String.valueOf(failure.getMessage()).replaceFirst("^\\w+\\(\\.\\.\\) failed[^:]*: ", "");
  }
}
