// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import java.io.IOException;

/** A control socket cannot be at the path that was asked for. */
public final class ControlPathException extends IOException {
  private static final long serialVersionUID = 1;

  ControlPathException(String why) {
    super(why);
  }
}
