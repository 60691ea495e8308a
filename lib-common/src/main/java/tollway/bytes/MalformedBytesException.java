// SPDX-License-Identifier: Apache-2.0
package tollway.bytes;

/**
 * Bytes from outside are wrong; caught once, where the socket is read. A room whose peers are told
 * why by a code extends it.
 */
public class MalformedBytesException extends Exception {
  private static final long serialVersionUID = 1;

  public MalformedBytesException(String why) {
    super(why);
  }

  public MalformedBytesException(String why, Throwable cause) {
    super(why, cause);
  }

  /** Without a stack trace when {@code traced} is false: for floods of rubbish. */
  protected MalformedBytesException(String why, boolean traced) {
    super(why, null, true, traced);
  }
}
