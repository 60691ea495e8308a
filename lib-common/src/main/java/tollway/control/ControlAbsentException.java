// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import java.io.IOException;
import java.nio.file.Path;

/** Nobody listens on the control socket, or who does says nothing. */
public final class ControlAbsentException extends IOException {
  private static final long serialVersionUID = 1;

  ControlAbsentException(Path socket) {
    super("no daemon answers on " + socket);
  }

  ControlAbsentException(String why) {
    super(why);
  }
}
