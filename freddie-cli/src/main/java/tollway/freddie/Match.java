// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;

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
}
