// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.util.List;

/** What a {@link SignalingClient} tells its owner; on the client's loop. */
public interface SignalingListener {
  /** freddie knows us; its STUN responders as {@code host:port}. Slots and wishes are restated. */
  void connected(List<String> stun);

  /** The connection has ended or did not come to be; the client tries again by itself. */
  void disconnected(String why);

  /** We are one end of a new match. */
  void matched(Signal.Matched match);

  /** The other end's offer or answer. */
  void description(Signal.Description description);

  /** A candidate of the other end. */
  void candidate(Signal.Candidate candidate);

  /** The other end has gone, or freddie says so; the match is over. */
  void hungUp(Signal.HangUp hangUp);

  /** freddie does not do as asked. */
  void refused(Signal.Refusal refusal);
}
