// SPDX-License-Identifier: Apache-2.0
package tollway.wire;

import tollway.bytes.MalformedBytesException;

/** A datagram is not an acceptable message; carries the reason code. */
public final class MalformedMessageException extends MalformedBytesException {
  private static final long serialVersionUID = 1;

  private final Fault fault;

  MalformedMessageException(Fault fault, String why) {
    super(why, false);
    this.fault = fault;
  }

  public Fault fault() {
    return fault;
  }
}
