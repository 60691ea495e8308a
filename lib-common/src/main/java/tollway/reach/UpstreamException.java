// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.io.IOException;

/** A proxy did not connect us; the message says in a line why. */
public final class UpstreamException extends IOException {
  private static final long serialVersionUID = 1;

  UpstreamException(Upstream proxy, String what) {
    super("the proxy " + proxy + ": " + what);
  }
}
