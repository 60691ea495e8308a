// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import tollway.loop.TlsTrouble;
import tollway.signaling.Signal;

/** What went wrong on the network, in words for people. */
final class NetworkErrors {
  private NetworkErrors() {}

  /** {@code why} as freddie takes it in a hang-up. */
  static String brief(String why) {
    return why.length() > Signal.MAX_TEXT ? why.substring(0, Signal.MAX_TEXT) : why;
  }

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
      return TlsTrouble.text(root);
    }
    // Without the name of the system call that the native transport puts in front.
    return String.valueOf(failure.getMessage()).replaceFirst("^\\w+\\(\\.\\.\\) failed[^:]*: ", "");
  }
}
