// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.identity.NodeId;
import tollway.signaling.Advert;

/** One connected client; both producer and consumer if it likes. Owned by the market. */
final class Client {
  static final Advert NOTHING = new Advert(0, List.of(), "");

  final NodeId node;
  final Map<Long, Match> matches = new LinkedHashMap<>();

  /** With whom it is paired on its own account, or they on theirs. */
  final Set<Client> partners = new HashSet<>();

  Advert advert = NOTHING;
  @Nullable Wish wish;
  int given;
  int taken;

  Client(NodeId node) {
    this.node = node;
  }

  NodeId node() {
    return node;
  }

  boolean hasFreeSlot() {
    return given < advert.slots();
  }
}
