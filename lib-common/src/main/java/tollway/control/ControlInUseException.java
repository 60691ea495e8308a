// SPDX-License-Identifier: Apache-2.0
package tollway.control;

import java.io.IOException;
import java.nio.file.Path;

/** Another daemon listens on the control socket. */
public final class ControlInUseException extends IOException {
  private static final long serialVersionUID = 1;

  ControlInUseException(Path socket) {
    super("another daemon answers on " + socket);
  }
}
