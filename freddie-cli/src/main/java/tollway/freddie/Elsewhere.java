// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import tollway.identity.NodeId;

/** What the market here has to say to those at other instances, besides what clients are told. */
interface Elsewhere {
  /** There are none. */
  Elsewhere NOWHERE = new Elsewhere() {};

  /** Nobody here suits a wish of a client here; said again and again. */
  default void wanted(Wish wish) {}

  /** That wish is over. */
  default void settled(Wish wish) {}

  /** A producer here speaks through a new connection. */
  default void speaks(Client producer) {}

  /** The two are a pair from now on. */
  default void met(Client consumer, Client producer) {}

  /** The two could not connect. */
  default void failed(NodeId consumer, NodeId producer) {}
}
