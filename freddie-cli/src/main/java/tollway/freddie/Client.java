// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.signaling.Advert;
import tollway.signaling.SealKey;

/** One connected client; both producer and consumer if it likes. Owned by the market. */
final class Client {
  static final Advert NOTHING = new Advert(0, List.of(), "");

  final NodeId node;
  final Origin from;

  /** The same for all on one host. */
  final Optional<Bytes> host;

  /** The same for all connections of one process, which it has one after the other. */
  final Optional<Bytes> session;

  /** Tells it from others, unless they want to be taken for it. */
  final long mark;

  final Map<Long, Match> matches = new LinkedHashMap<>();

  /** With whom it is paired on its own account, or they on theirs. */
  final Set<Client> partners = new HashSet<>();

  Advert advert = NOTHING;

  /** For those who are paired with it as their producer. */
  @Nullable SealKey seal;

  @Nullable Wish wish;
  int given;

  /** A client of unknown origin. */
  Client(NodeId node) {
    this(node, Origin.UNKNOWN, Optional.empty());
  }

  Client(NodeId node, Origin from, Optional<Bytes> host) {
    this(node, from, host, Optional.empty());
  }

  Client(NodeId node, Origin from, Optional<Bytes> host, Optional<Bytes> session) {
    this.node = node;
    this.from = from;
    this.host = host;
    this.session = session;
    mark = node.key().toBuffer().getLong();
  }

  NodeId node() {
    return node;
  }

  boolean hasFreeSlot() {
    return given < advert.slots();
  }
}
