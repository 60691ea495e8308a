// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.util.Set;
import tollway.bytes.Bytes;
import tollway.identity.Identity;
import tollway.identity.NodeId;

/**
 * A control frame of a path. Data frames, which carry QUIC packets, never become objects: see
 * {@link PacketBatch}. Layout: type 1, then the fields in the order of the record, big-endian.
 */
sealed interface PathFrame {
  int NONCE_SIZE = 32;

  /** Is the path alive? The token comes back unchanged. */
  record Ping(long token) implements PathFrame {}

  /** It is. */
  record Pong(long token) implements PathFrame {}

  /** The egress asks a new path who it is, and says what sessions may run over. */
  record Challenge(Bytes nonce, Set<TransportKind> transports) implements PathFrame {
    public Challenge {
      if (nonce.size() != NONCE_SIZE) {
        throw new IllegalArgumentException("a nonce has 32 bytes");
      }
      transports = Set.copyOf(transports);
    }
  }

  /**
   * The desktop proves that the path belongs to its session, whose key names it and which runs over
   * {@code transport}.
   */
  record Attach(NodeId session, TransportKind transport, Bytes signature) implements PathFrame {
    public Attach {
      if (signature.size() != Identity.SIGNATURE_SIZE) {
        throw new IllegalArgumentException("a signature has 64 bytes");
      }
    }
  }

  /** The egress accepts the path. */
  record Attached() implements PathFrame {}

  /** The egress does not, and closes it. */
  record Refused(Reason reason) implements PathFrame {}

  /**
   * From now on the session's packets take this path; the highest epoch counts. {@code bonded}: the
   * desktop wants them spread over every path that is good for it.
   */
  record Select(long epoch, boolean bonded) implements PathFrame {}

  /**
   * How the path did until now, seen from where its packets arrive. All counters start with the
   * path and may wrap.
   *
   * @param micros the reporter's clock
   * @param packets QUIC packets that arrived
   * @param missing those before the newest that did not; goes down when they arrive late
   * @param bytes of data frames that arrived
   * @param datagram the longest frame that needs one packet of the network, as the reporter knows
   */
  record Report(long micros, long packets, long missing, long bytes, int datagram)
      implements PathFrame {}

  /** Why a path was refused, with its code on the wire. */
  enum Reason {
    BAD_PROOF(
        0,
        "the proof of attachment does not verify: the egress reached is not the one that the invite"
            + " pins, or the volunteer meddled"),
    TOO_MANY_SESSIONS(1, "the egress has as many sessions as it takes"),
    TOO_MANY_PATHS(2, "the session has as many paths as it may"),
    STOPPING(3, "the egress is stopping"),
    NO_TRANSPORT(4, "the egress and this desktop have no transport in common: update the older");

    private final int code;
    private final String text;

    Reason(int code, String text) {
      this.code = code;
      this.text = text;
    }

    int code() {
      return code;
    }

    String text() {
      return text;
    }
  }

  /** What an {@link Attach} signs: bound to this egress, this path's nonce and the transport. */
  static Bytes attachProof(NodeId egress, Bytes nonce, TransportKind transport) {
    return Bytes.ofUtf8("tollway-attach-v1")
        .plus(egress.key())
        .plus(nonce)
        .plus(Bytes.of(new byte[] {(byte) transport.code()}));
  }
}
