// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Signal;

/** Two clients that are paired, until one of them hangs up or goes. */
final class Match {
  private final long id;
  private final Client consumer;
  private final Client producer;
  private final NodeId egress;
  private final int distance;
  private final @Nullable Match onwardOf;

  /** What the producer wants for this match. */
  @Nullable Wish onward;

  /**
   * Not a pair yet: kept until the consumer's instance takes it, and the producer knows nothing.
   */
  boolean reserved;

  Match(long id, Wish wish, Client producer, int distance) {
    this.id = id;
    consumer = wish.owner;
    this.producer = producer;
    egress = wish.egress;
    this.distance = distance;
    onwardOf = wish.onwardOf;
  }

  long id() {
    return id;
  }

  Client consumer() {
    return consumer;
  }

  Client producer() {
    return producer;
  }

  NodeId egress() {
    return egress;
  }

  /** How many producers lie between this one and the egress. */
  int distance() {
    return distance;
  }

  /** The match that this one leads on. */
  @Nullable Match onwardOf() {
    return onwardOf;
  }

  Client other(Client one) {
    return one == consumer ? producer : consumer;
  }

  /** The end that is with another instance; there is one at most. */
  Optional<Client> remoteEnd() {
    return consumer.isRemote()
        ? Optional.of(consumer)
        : Optional.of(producer).filter(Client::isRemote);
  }

  /** What the one with {@code role} is told. */
  Signal.Matched told(Signal.Role role) {
    boolean consuming = role == Signal.Role.CONSUMER;
    Client peer = consuming ? producer : consumer;
    return new Signal.Matched(
        id,
        role,
        peer.node,
        egress,
        distance,
        consuming ? Optional.ofNullable(onwardOf).map(Match::id) : Optional.empty(),
        consuming ? Optional.ofNullable(peer.seal) : Optional.empty());
  }
}
