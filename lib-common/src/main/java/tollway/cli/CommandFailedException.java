// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

/** A command cannot do its work: one line for the operator and the exit code that fits. */
public final class CommandFailedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  /** With one of {@link ExitCode}'s codes. */
  public CommandFailedException(int exitCode, String line) {
    super(line);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
