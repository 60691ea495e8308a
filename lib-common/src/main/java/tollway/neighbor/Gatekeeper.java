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
import tollway.wire.Binding;
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
  private final Scrooge2 scrooge2;
  private final SeqnoMarks marks = new SeqnoMarks();

  /** Of {@code scrooge2} messages: those of both ports may overtake each other. */
  private final SeqnoMarks boundMarks = new SeqnoMarks();

  private final ReceiptBudget budget;
  private TrustPolicy policy = TrustPolicy.OPEN;
  private final EnumMap<Drop, Long> drops = new EnumMap<>(Drop.class);

  Gatekeeper(NodeId self, Scrooge2 scrooge2, long nowNanos) {
    this.self = self;
    this.scrooge2 = scrooge2;
    budget = new ReceiptBudget(nowNanos);
  }

  void trust(TrustPolicy changed) {
    policy = changed;
  }

  /** Tells whether a source is the one that the neighbour spoke from before. */
  interface Acquaintance {
    boolean isKnown(NodeId sender, Bytes source);
  }

  /** A datagram as it came in, read as far as that is cheap. */
  private record Arrival(Unverified unverified, Bytes source, String link, boolean bound) {}

  /** A {@code scrooge} datagram. */
  Optional<LinkMessage> admit(
      Bytes datagram, Bytes source, String link, Acquaintance acquaintance, long nowNanos) {
    if (!policy.speaks()) {
      return drop(Drop.CLOSED);
    }
    if (scrooge2 == Scrooge2.REQUIRE) {
      return drop(Drop.DOWNGRADE);
    }
    Unverified unverified;
    try {
      unverified = LinkCodec.parse(datagram, link);
    } catch (MalformedBytesException noMessage) {
      return drop(Drop.MALFORMED);
    }
    if (boundMarks.knows(unverified.claimedSender())) {
      // Its hellos are said twice, for others' sake.
      return unverified.isTunnel() ? drop(Drop.DOWNGRADE) : Optional.empty();
    }
    return admit(new Arrival(unverified, source, link, false), acquaintance, nowNanos);
  }

  /** A {@code scrooge2} datagram; {@code nonce} is ours on this link. */
  Optional<BoundMessage> admitBound(
      Bytes datagram,
      Bytes source,
      String link,
      Bytes nonce,
      Acquaintance acquaintance,
      long nowNanos) {
    if (!policy.speaks()) {
      drop(Drop.CLOSED);
      return Optional.empty();
    }
    Unverified unverified;
    Binding binding;
    try {
      unverified = LinkCodec.parseBound(datagram, link);
      binding = unverified.claimedBinding().orElseThrow();
    } catch (MalformedBytesException noMessage) {
      drop(Drop.MALFORMED);
      return Optional.empty();
    }
    boolean forUs = binding.to().map(self::equals).orElse(true);
    if (!forUs || (binding.to().isPresent() && !binding.echo().equals(nonce))) {
      drop(Drop.MISDIRECTED);
      return Optional.empty();
    }
    return admit(new Arrival(unverified, source, link, true), acquaintance, nowNanos)
        .map(message -> new BoundMessage(message, binding));
  }

  /** A verified message and for whom it is. */
  record BoundMessage(LinkMessage message, Binding binding) {}

  private Optional<LinkMessage> admit(Arrival arrival, Acquaintance acquaintance, long nowNanos) {
    Unverified unverified = arrival.unverified();
    SeqnoMarks marks = marks(arrival.bound());
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
    boolean known = acquaintance.isKnown(sender, arrival.source());
    if (!budget.take(arrival.link(), arrival.source(), known, nowNanos)) {
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
    boundMarks.forget(sender);
  }

  /** The marks of {@code scrooge} messages, or of {@code scrooge2} ones. */
  SeqnoMarks marks(boolean bound) {
    return bound ? boundMarks : marks;
  }

  OptionalLong highestSeqno(NodeId sender) {
    OptionalLong bound = boundMarks.of(sender);
    OptionalLong plain = marks.of(sender);
    boolean first =
        bound.isEmpty()
            || (plain.isPresent()
                && Long.compareUnsigned(plain.getAsLong(), bound.getAsLong()) > 0);
    return first ? plain : bound;
  }

  Map<Drop, Long> drops() {
    return new EnumMap<>(drops);
  }
}
