// SPDX-License-Identifier: Apache-2.0
package tollway.bytes;

/** Bytes from outside are wrong; caught once, where the socket is read. */
public final class MalformedBytesException extends Exception {
  private static final long serialVersionUID = 1;

  public MalformedBytesException(String why) {
    super(why);
  }

  public MalformedBytesException(String why, Throwable cause) {
    super(why, cause);
  }
}
