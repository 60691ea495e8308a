// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Divides a share: to each neighbour its part by weight, but not less than its floor and not more
 * than its ceil. The promises never exceed the share, so all of them can be kept at once.
 */
public final class Division {
  /** An Ethernet frame: less per turn would make a neighbour wait for several turns. */
  private static final int MIN_QUANTUM = 1514;

  /** 24 ms of 20 Mbit/s: nobody waits longer for another's turn. */
  private static final int MAX_QUANTUM = 60_000;

  /** Free floors take a quarter of the share at most, however many neighbours there are. */
  private static final int FREE_PART = 4;

  private static final int ROUNDS = 200;

  private Division() {}

  /** {@code freeFloor}: what also a neighbour of weight 0 is promised, if a quarter suffices. */
  public static Map<String, Portion> of(Rate share, Rate freeFloor, Map<String, Claim> claims) {
    Map<String, Portion> portions = new TreeMap<>();
    double free = free(share, freeFloor, claims.size());
    double fill =
        fill((double) share.kbit(), claims.values(), claim -> floor(claim, free, share), share);
    double floors = sum(claims.values(), claim -> floor(claim, free, share));
    double shrink = floors > share.kbit() ? share.kbit() / floors : 1;
    double least =
        claims.values().stream().mapToDouble(Claim::weight).filter(w -> w > 0).min().orElse(1);
    claims.forEach(
        (key, claim) -> {
          Rate ceil = claim.ceil().orElse(share).min(share);
          double kbit = clamp(claim, fill, floor(claim, free, share), share) * shrink;
          double turn = Math.min(MAX_QUANTUM, MIN_QUANTUM * claim.weight() / least);
          int quantum = (int) Math.max(MIN_QUANTUM, turn);
          portions.put(key, new Portion(Rate.floor(kbit).min(ceil), ceil, quantum));
        });
    return portions;
  }

  /**
   * What is due, in kbit/s, to those of {@code claims} who want more than they get, when the others
   * of {@code neighbors} leave {@code kbit} of the {@code share}.
   */
  public static Map<String, Double> due(
      double kbit, Rate share, Rate freeFloor, Map<String, Claim> claims, int neighbors) {
    Map<String, Double> due = new TreeMap<>();
    double free = free(share, freeFloor, neighbors);
    double fill = fill(kbit, claims.values(), claim -> floor(claim, free, share), share);
    claims.forEach(
        (key, claim) -> due.put(key, clamp(claim, fill, floor(claim, free, share), share)));
    return due;
  }

  private static double free(Rate share, Rate freeFloor, int neighbors) {
    return Math.min(
        (double) freeFloor.kbit(), share.kbit() / (double) (FREE_PART * Math.max(1, neighbors)));
  }

  private static double floor(Claim claim, double free, Rate share) {
    double floor = claim.floor().map(rate -> (double) rate.kbit()).orElse(free);
    return Math.min(floor, (double) claim.ceil().orElse(share).min(share).kbit());
  }

  /** How much one unit of weight gets, so that all together get {@code kbit}. */
  private static double fill(
      double kbit, Collection<Claim> claims, ToDoubleFunction<Claim> floor, Rate share) {
    double low = 0;
    double high = 1e3 * share.kbit(); // At a weight of 0.001 that is all of it.
    for (int round = 0; round < ROUNDS; round++) {
      double middle = (low + high) / 2;
      if (sum(claims, claim -> clamp(claim, middle, floor.applyAsDouble(claim), share)) > kbit) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return low;
  }

  private static double clamp(Claim claim, double fill, double floor, Rate share) {
    double ceil = claim.ceil().orElse(share).min(share).kbit();
    return Math.min(ceil, Math.max(floor, claim.weight() * fill));
  }

  private static double sum(Collection<Claim> claims, ToDoubleFunction<Claim> part) {
    return claims.stream().mapToDouble(part).sum();
  }
}
