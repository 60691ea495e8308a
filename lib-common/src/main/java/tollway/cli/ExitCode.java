// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

/** What every Tollway command may return to its shell. */
public final class ExitCode {
  public static final int DONE = 0;
  public static final int FAILED = 1;

  /** A wrong option, argument or configuration file. */
  public static final int USAGE = 2;

  /** The daemon is absent, or the host lacks a privilege or program. */
  public static final int UNAVAILABLE = 3;

  /** A message or other input is invalid. */
  public static final int INVALID = 4;

  private ExitCode() {}
}
