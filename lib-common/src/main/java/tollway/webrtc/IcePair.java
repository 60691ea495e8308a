// SPDX-License-Identifier: Apache-2.0
package tollway.webrtc;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A local base and a remote address with what we know about the way between them (RFC 8445 §6.1.2).
 *
 * <pre>
 *            check sent                answer
 *  WAITING ─────────────▶ IN_PROGRESS ────────▶ SUCCEEDED
 *     ▲                        │ silence, refusal    │ consent lost
 *     │  peer's check          ▼                     │
 *     └──────────────────── FAILED ◀─────────────────┘
 * </pre>
 *
 * There is no FROZEN: it orders checks among several streams, and we have one (§6.1.2.6).
 */
final class IcePair {
  enum State {
    WAITING,
    IN_PROGRESS,
    SUCCEEDED,
    FAILED
  }

  final IceBase base;
  final InetSocketAddress remote;

  /** The candidate's own; changes when a peer-reflexive one turns out to be announced. */
  long remotePriority;

  State state = State.WAITING;

  /** An authentic message has come over it: what else comes over it is the peer's. */
  boolean proved;

  /** The peer nominated it before it was valid here (RFC 8445 §7.3.1.5). */
  boolean nominateWhenValid;

  /** When the last check was sent. */
  long checkedAt;

  /** When the last authentic answer came; meaningful once SUCCEEDED. */
  long answeredAt;

  /** Checks whose answers would still count, oldest first. */
  final Deque<IceCheck> checks = new ArrayDeque<>();

  IcePair(IceBase base, InetSocketAddress remote, long remotePriority) {
    this.base = base;
    this.remote = remote;
    this.remotePriority = remotePriority;
  }

  /** Whether its fate is open. */
  boolean isTried() {
    return state == State.WAITING || state == State.IN_PROGRESS;
  }

  /** RFC 8445 §6.1.2.3: 2^32·min(G,D) + 2·max(G,D) + (G>D), G the controlling side's. */
  long priority(IceRole role) {
    long local = base.hostPriority();
    long controlling = role == IceRole.CONTROLLING ? local : remotePriority;
    long controlled = role == IceRole.CONTROLLING ? remotePriority : local;
    return (Math.min(controlling, controlled) << 32)
        + 2 * Math.max(controlling, controlled)
        + (controlling > controlled ? 1 : 0);
  }

  @Override
  public String toString() {
    return base.address() + " → " + remote + " " + state;
  }
}
