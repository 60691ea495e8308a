// SPDX-License-Identifier: Apache-2.0
package tollway.control;

/** The daemon understood and says no: its one line, and the exit code it proposes. */
public final class ControlRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;

  public ControlRefusedException(int code, String line) {
    super(line);
    this.code = code;
  }

  public int code() {
    return code;
  }
}
