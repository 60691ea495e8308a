// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import tollway.identity.NodeId;
import tollway.stun.NatMapping;

/**
 * Whom the market may pair: a chain of filters, each of which may refuse a pair, and one ranking of
 * those that all of them let through. Whether a producer leads to the egress is the market's own
 * question.
 */
final class MatchPolicy {
  /** What one consumer may hold at once, over all its connections. */
  static final int MOST_PRODUCERS = 32;

  /** No pair is better. */
  static final int BEST = 0;

  /** One reason to refuse a pair. */
  private interface Filter {
    boolean lets(Wish wish, Client producer);
  }

  private final PairFailures failures;
  private final DonorQuota donors;

  /** How many producers each consumer holds, for itself and for others. */
  private final Map<NodeId, Integer> taken = new HashMap<>();

  private final List<Filter> filters =
      List.of(
          (wish, producer) -> !isFull(wish.owner.node),
          (wish, producer) -> !isOneself(wish.owner, producer),
          (wish, producer) -> !wish.excluded.contains(producer.node),
          (wish, producer) -> wish.onwardOf != null || !isPartner(wish.owner, producer),
          (wish, producer) -> !failedLately(wish.owner, producer),
          this::mayMeet);

  /** {@code nanoTime} is monotonic. */
  MatchPolicy(LongSupplier nanoTime) {
    failures = new PairFailures(nanoTime);
    donors = new DonorQuota(nanoTime);
  }

  /** Whether no filter refuses. */
  boolean lets(Wish wish, Client producer) {
    for (Filter filter : filters) {
      if (!filter.lets(wish, producer)) {
        return false;
      }
    }
    return true;
  }

  /**
   * How far a pair is from the {@link #BEST}, of those that the filters let through: by their NATs
   * first, then by whether they would fail together with those whom the consumer has.
   */
  int rank(Wish wish, Client producer) {
    return 2 * natRank(wish.nat, producer.advert.nat()) + (sharesNetwork(wish, producer) ? 1 : 0);
  }

  /** The worst that still works is the best: others may need the better ones. */
  private static int natRank(NatMapping consumer, NatMapping producer) {
    return switch (consumer) {
      case NONE ->
          switch (producer) {
            case ENDPOINT_DEPENDENT -> 0;
            case UNKNOWN, ENDPOINT_INDEPENDENT -> 1;
            case NONE -> 2;
          };
      case ENDPOINT_DEPENDENT ->
          switch (producer) {
            case NONE -> 0;
            case UNKNOWN, ENDPOINT_INDEPENDENT -> 1;
            case ENDPOINT_DEPENDENT -> 2;
          };
      case UNKNOWN, ENDPOINT_INDEPENDENT ->
          switch (producer) {
            case UNKNOWN, ENDPOINT_INDEPENDENT -> 0;
            case NONE -> 1;
            case ENDPOINT_DEPENDENT -> 2;
          };
    };
  }

  boolean failedLately(Client consumer, Client producer) {
    return failures.isRecent(consumer.node, producer.node);
  }

  /** The two could not connect. */
  void failed(NodeId consumer, NodeId producer) {
    failures.add(consumer, producer);
  }

  /** Marks of those who alone may pass every filter; empty: anybody. */
  Optional<long[]> only(Client consumer) {
    return donors.only(consumer);
  }

  /** The consumer has one more, or one is kept for it. */
  void taken(Client consumer) {
    taken.merge(consumer.node, 1, Integer::sum);
  }

  /** The two have each other from now on. */
  void met(Client consumer, Client producer) {
    donors.met(consumer.node, consumer.from.site(), producer.mark);
  }

  /** The same, at another instance. */
  void met(Letter.Met elsewhere) {
    donors.met(elsewhere.consumer(), elsewhere.site(), elsewhere.volunteer());
  }

  /** The consumer has one less. */
  void parted(Client consumer) {
    taken.computeIfPresent(consumer.node, (node, held) -> held > 1 ? held - 1 : null);
  }

  /** Whether the consumer may have nobody more. */
  boolean isFull(NodeId consumer) {
    return taken.getOrDefault(consumer, 0) >= MOST_PRODUCERS;
  }

  /** How many pairs were refused so that nobody learns of too many volunteers. */
  long quotaRefusals() {
    return donors.refusals();
  }

  /** Whoever relays for themselves has gained nothing, and a slot is gone. */
  private static boolean isOneself(Client consumer, Client producer) {
    return producer.node.equals(consumer.node)
        || (producer.host.isPresent() && producer.host.equals(consumer.host));
  }

  /** One with another instance has a new stand-in each time. */
  private static boolean isPartner(Client consumer, Client producer) {
    return producer.isRemote()
        ? consumer.partners.stream().anyMatch(partner -> partner.node.equals(producer.node))
        : consumer.partners.contains(producer);
  }

  private boolean mayMeet(Wish wish, Client producer) {
    return donors.mayMeet(wish.owner, producer);
  }

  /** A standby is worth little if it fails together with what it stands by for. */
  private static boolean sharesNetwork(Wish wish, Client producer) {
    return producer.from.network().isPresent()
        && wish.owner.partners.stream()
            .anyMatch(partner -> partner.from.network().equals(producer.from.network()));
  }
}
