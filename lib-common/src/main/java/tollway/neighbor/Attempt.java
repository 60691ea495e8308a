// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Instant;
import java.util.Optional;

/**
 * A tunnel with one neighbour, from the first thought of it on. {@code ours}: we asked for it.
 * {@code handshake} is WireGuard's own stamp, {@code handshakeSeen} when we saw it change.
 */
public record Attempt(
    int generation,
    boolean ours,
    Optional<TunnelEnd> own,
    Optional<TunnelEnd> peer,
    Instant since,
    int requests,
    Instant requestedAt,
    Optional<Instant> handshake,
    Instant handshakeSeen) {

  static Attempt started(int generation, boolean ours, Optional<TunnelEnd> peer, Instant now) {
    return new Attempt(
        generation, ours, Optional.empty(), peer, now, 0, now, Optional.empty(), now);
  }

  /** One that an earlier run of ours made and that is still alive. */
  static Attempt adopted(int generation, TunnelEnd own, TunnelEnd peer, Instant stamp, Instant at) {
    return new Attempt(
        generation, true, Optional.of(own), Optional.of(peer), at, 0, at, Optional.of(stamp), at);
  }

  Attempt withOwn(TunnelEnd end) {
    return new Attempt(
        generation,
        ours,
        Optional.of(end),
        peer,
        since,
        requests,
        requestedAt,
        handshake,
        handshakeSeen);
  }

  Attempt withPeer(TunnelEnd end) {
    return new Attempt(
        generation,
        ours,
        own,
        Optional.of(end),
        since,
        requests,
        requestedAt,
        handshake,
        handshakeSeen);
  }

  Attempt requested(Instant now) {
    return new Attempt(
        generation, ours, own, peer, since, requests + 1, now, handshake, handshakeSeen);
  }

  Attempt shaken(Instant stamp, Instant now) {
    return new Attempt(
        generation, ours, own, peer, since, requests, requestedAt, Optional.of(stamp), now);
  }

  /** The same tunnel again after what served it died. */
  Attempt again(Instant now) {
    return new Attempt(
        generation, ours, own, peer, now, requests, requestedAt, Optional.empty(), now);
  }
}
