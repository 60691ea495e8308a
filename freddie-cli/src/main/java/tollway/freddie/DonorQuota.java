// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import tollway.bounded.BoundedMaps;
import tollway.identity.NodeId;

/**
 * How many different volunteers a consumer, and all who come from where it comes from, may meet in
 * an hour: whoever asks again and again shall not learn who all of them are. Who has met as many
 * meets only those again. Keeps at most {@value #MOST_IDENTITIES} consumers and {@value
 * #MOST_SITES} sites, those who asked last.
 */
final class DonorQuota {
  /** Different volunteers that one consumer may meet in an hour. */
  static final int PER_IDENTITY = 64;

  /** Different volunteers that everybody from one IPv4 /24 or IPv6 /48 may meet in an hour. */
  static final int PER_SITE = 512;

  private static final int MOST_IDENTITIES = 10_000;
  private static final int MOST_SITES = 2_000;

  private final LongSupplier nanoTime;
  private final Map<NodeId, Meetings> identities = BoundedMaps.leastRecent(MOST_IDENTITIES);
  private final Map<Origin.Prefix, Meetings> sites = BoundedMaps.leastRecent(MOST_SITES);
  private long refusals;

  DonorQuota(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  boolean mayMeet(Client consumer, Client producer) {
    boolean may =
        lets(identities, consumer.node, producer, PER_IDENTITY)
            && consumer.from.site().map(site -> lets(sites, site, producer, PER_SITE)).orElse(true);
    refusals += may ? 0 : 1;
    return may;
  }

  /** Marks of those whom the consumer may meet, and some of whom it may not; empty: anybody. */
  Optional<long[]> only(Client consumer) {
    Optional<long[]> known =
        only(identities, consumer.node, PER_IDENTITY)
            .or(() -> consumer.from.site().flatMap(site -> only(sites, site, PER_SITE)));
    refusals += known.isPresent() ? 1 : 0;
    return known;
  }

  /** {@code producer} is its {@link Client#mark}. */
  void met(NodeId consumer, Optional<Origin.Prefix> from, long producer) {
    add(identities, consumer, producer);
    from.ifPresent(site -> add(sites, site, producer));
  }

  /** So often a pair was refused, or somebody was kept to those whom it knows. */
  long refusals() {
    return refusals;
  }

  private <K> boolean lets(Map<K, Meetings> met, K who, Client producer, int most) {
    Meetings until = met.get(who);
    return until == null || until.lets(producer, most, nanoTime.getAsLong());
  }

  private <K> Optional<long[]> only(Map<K, Meetings> met, K who, int most) {
    return Optional.ofNullable(met.get(who)).flatMap(had -> had.only(most, nanoTime.getAsLong()));
  }

  private <K> void add(Map<K, Meetings> met, K who, long producer) {
    long now = nanoTime.getAsLong();
    met.computeIfAbsent(who, fresh -> new Meetings(now)).add(producer, now);
  }
}
