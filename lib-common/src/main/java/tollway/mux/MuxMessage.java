// SPDX-License-Identifier: Apache-2.0
package tollway.mux;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the messages of a stream are, told by their payload protocol identifier (RFC 9260 §3.3.1).
 * In each direction all are in order. Those without a payload are one byte that means nothing, for
 * SCTP has no empty messages.
 *
 * <pre>
 *   opener:  OPEN (DATA | CREDIT | STOP)* (FIN | RESET) CREDIT*
 *   other:        (DATA | CREDIT | STOP)* (FIN | RESET) CREDIT* END
 * </pre>
 */
enum MuxMessage {
  /** The opener begins to use this stream number. */
  OPEN(0),

  /** Bytes, against credit. */
  DATA(1),

  /** No more bytes from here; all that were said count. */
  FIN(2),

  /** No more bytes from here, and some are missing. */
  RESET(3),

  /** Nobody reads any more: please RESET. */
  STOP(4),

  /** So many more bytes may follow: u32. */
  CREDIT(5),

  /** The other side is through with this number too: the opener may use it afresh. */
  END(6);

  /** A range of our own, away from what IANA has given out. */
  private static final int FIRST_PPID = 0x746f_6c00;

  private final int code;

  MuxMessage(int code) {
    this.code = code;
  }

  int ppid() {
    return FIRST_PPID + code;
  }

  static Optional<MuxMessage> of(int ppid) {
    return Arrays.stream(values()).filter(kind -> kind.ppid() == ppid).findFirst();
  }
}
