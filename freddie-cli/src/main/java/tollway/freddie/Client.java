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

/**
 * One connected client; both producer and consumer if it likes. Owned by the market. One of another
 * instance stands here for what that instance said of it.
 */
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

  /** The instance that has its connection; 0: we have it. */
  final long instance;

  final Map<Long, Match> matches = new LinkedHashMap<>();

  /** With whom it is paired on its own account, or they on theirs. */
  final Set<Client> partners = new HashSet<>();

  Advert advert = NOTHING;

  /** For those who are paired with it as their producer. */
  @Nullable SealKey seal;

  @Nullable Wish wish;
  int given;

  /** When others were last asked for it, in steady nanoseconds. */
  @Nullable Long asked;

  /** Of one elsewhere: that of its wish. */
  long number;

  /** Of one elsewhere: those on its way, and who help already. */
  Set<NodeId> kept = Set.of();

  /** A client of unknown origin. */
  Client(NodeId node) {
    this(node, Origin.UNKNOWN, Optional.empty());
  }

  Client(NodeId node, Origin from, Optional<Bytes> host) {
    this(node, from, host, Optional.empty());
  }

  Client(NodeId node, Origin from, Optional<Bytes> host, Optional<Bytes> session) {
    this(node, from, host, session, 0);
  }

  /** Of another instance. */
  Client(NodeId node, Origin from, Optional<Bytes> host, long instance) {
    this(node, from, host, Optional.empty(), instance);
  }

  private Client(
      NodeId node, Origin from, Optional<Bytes> host, Optional<Bytes> session, long instance) {
    this.instance = instance;
    this.node = node;
    this.from = from;
    this.host = host;
    this.session = session;
    mark = node.key().toBuffer().getLong();
  }

  NodeId node() {
    return node;
  }

  boolean isRemote() {
    return instance != 0;
  }

  boolean hasFreeSlot() {
    return given < advert.slots();
  }
}
