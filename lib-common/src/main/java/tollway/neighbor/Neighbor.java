// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.time.Instant;
import java.util.Optional;
import tollway.bytes.Bytes;
import tollway.wire.Endpoint;

/**
 * What we know of one neighbour on one link. {@code weOpen}: our public key is the smaller one.
 * {@code openAt}: when, once CONFIRMED, we open the tunnel ourselves. Instants are of the
 * neighborhood's steady clock. {@code welcome}: the operator lets it have a tunnel. {@code nonce}:
 * its own on this link, since it has spoken {@code scrooge2}.
 */
public record Neighbor(
    NeighborId id,
    boolean weOpen,
    boolean welcome,
    NeighborState state,
    Contact contact,
    Optional<Bytes> nonce,
    Instant openAt,
    int failures,
    int generation,
    Optional<Attempt> attempt) {

  /** Somebody whose first message has just been verified. */
  static Neighbor met(
      NeighborId id, boolean weOpen, boolean welcome, Endpoint control, Bytes source, Instant now) {
    Contact contact = new Contact(control, source, now, Instant.MIN, Instant.MIN);
    return new Neighbor(
        id,
        weOpen,
        welcome,
        NeighborState.SEEN,
        contact,
        Optional.empty(),
        Instant.MAX,
        0,
        0,
        Optional.empty());
  }

  /** Whether a tunnel exists or is being made. */
  boolean holdsTunnel() {
    return attempt.isPresent();
  }

  /** Whether packets of this neighbour may be forwarded. */
  public boolean mayForward() {
    return state == NeighborState.TUNNEL;
  }

  /** WireGuard's stamp of the last handshake. */
  public Optional<Instant> lastHandshake() {
    return attempt.flatMap(Attempt::handshake);
  }

  Neighbor with(Contact newContact) {
    return new Neighbor(
        id, weOpen, welcome, state, newContact, nonce, openAt, failures, generation, attempt);
  }

  Neighbor withNonce(Bytes fresh) {
    return new Neighbor(
        id,
        weOpen,
        welcome,
        state,
        contact,
        Optional.of(fresh),
        openAt,
        failures,
        generation,
        attempt);
  }

  Neighbor welcome(boolean changed) {
    return new Neighbor(
        id, weOpen, changed, state, contact, nonce, openAt, failures, generation, attempt);
  }

  Neighbor confirmed(Instant newOpenAt) {
    return new Neighbor(
        id,
        weOpen,
        welcome,
        NeighborState.CONFIRMED,
        contact,
        nonce,
        newOpenAt,
        failures,
        generation,
        Optional.empty());
  }

  Neighbor failed(Instant newOpenAt) {
    return new Neighbor(
        id,
        weOpen,
        welcome,
        NeighborState.CONFIRMED,
        contact,
        nonce,
        newOpenAt,
        failures + 1,
        generation,
        Optional.empty());
  }

  Neighbor opening(Attempt made) {
    return new Neighbor(
        id,
        weOpen,
        welcome,
        NeighborState.OPENING,
        contact,
        nonce,
        openAt,
        failures,
        made.generation(),
        Optional.of(made));
  }

  Neighbor open(Attempt made) {
    return new Neighbor(
        id,
        weOpen,
        welcome,
        NeighborState.TUNNEL,
        contact,
        nonce,
        openAt,
        0,
        generation,
        Optional.of(made));
  }

  Neighbor with(Attempt changed) {
    return new Neighbor(
        id,
        weOpen,
        welcome,
        state,
        contact,
        nonce,
        openAt,
        failures,
        generation,
        Optional.of(changed));
  }
}
