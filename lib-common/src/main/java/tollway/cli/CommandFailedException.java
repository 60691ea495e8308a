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

  /** The host refused, for want of a privilege or otherwise, with the message of {@code why}. */
  public static CommandFailedException refusedByHost(Exception why, boolean privilegeMissing) {
    return new CommandFailedException(
        privilegeMissing ? ExitCode.UNAVAILABLE : ExitCode.FAILED,
        String.valueOf(why.getMessage()));
  }

  public int exitCode() {
    return exitCode;
  }
}
