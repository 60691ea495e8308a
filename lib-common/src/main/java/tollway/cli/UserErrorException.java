// SPDX-License-Identifier: Apache-2.0
package tollway.cli;

/** The operator's mistake: one line that says what to change; exit code 2. */
public final class UserErrorException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UserErrorException(String whatToChange) {
    super(whatToChange);
  }
}
