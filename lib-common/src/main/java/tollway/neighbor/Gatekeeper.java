// SPDX-License-Identifier: Apache-2.0
package tollway.neighbor;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.identity.NodeId;
import tollway.trust.TrustPolicy;
import tollway.wire.LinkCodec;
import tollway.wire.LinkMessage;
import tollway.wire.SigningRule;
import tollway.wire.Unverified;

/**
 * Turns datagrams into verified messages, cheapest checks first, and counts what it turns away. Of
 * a sender nothing is remembered before a signature of its was good.
 */
final class Gatekeeper {
  private final NodeId self;
  private final SeqnoMarks marks = new SeqnoMarks();
  private final ReceiptBudget budget;
  private TrustPolicy policy = TrustPolicy.OPEN;
  private final EnumMap<Drop, Long> drops = new EnumMap<>(Drop.class);

  Gatekeeper(NodeId self, long nowNanos) {
    this.self = self;
    budget = new ReceiptBudget(nowNanos);
  }

  void trust(TrustPolicy changed) {
    policy = changed;
  }

  /** Tells whether a source is the one that the neighbour spoke from before. */
  interface Acquaintance {
    boolean isKnown(NodeId sender, Bytes source);
  }

  Optional<LinkMessage> admit(
      Bytes datagram, Bytes source, String link, Acquaintance acquaintance, long nowNanos) {
    if (!policy.speaks()) {
      return drop(Drop.CLOSED);
    }
    Unverified unverified;
    try {
      unverified = LinkCodec.parse(datagram, link);
    } catch (MalformedBytesException noMessage) {
      return drop(Drop.MALFORMED);
    }
    NodeId sender = unverified.claimedSender();
    if (sender.equals(self)) {
      return drop(Drop.OWN);
    }
    if (policy.blocks(sender)) {
      return drop(Drop.BLOCKED);
    }
    if (marks.isStale(sender, unverified.claimedSeqno())) {
      return drop(Drop.STALE);
    }
    if (!budget.take(link, source, acquaintance.isKnown(sender, source), nowNanos)) {
      return drop(Drop.OVER_BUDGET);
    }
    try {
      LinkMessage message =
          marks.knows(sender)
              ? unverified.verifyKnown(sender, SigningRule.DEFAULT)
              : unverified.verify();
      marks.raise(sender, message.seqno());
      return Optional.of(message);
    } catch (MalformedBytesException forged) {
      return drop(Drop.FORGED);
    }
  }

  Optional<LinkMessage> drop(Drop why) {
    drops.merge(why, 1L, Long::sum);
    return Optional.empty();
  }

  /** Whatever {@code sender} says next is new, and its key is checked again. */
  void forget(NodeId sender) {
    marks.forget(sender);
  }

  OptionalLong highestSeqno(NodeId sender) {
    return marks.of(sender);
  }

  Map<Drop, Long> drops() {
    return new EnumMap<>(drops);
  }
}
