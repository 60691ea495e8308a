// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The pairs that there are, and those to be, for which a slot is kept. */
final class Matches {
  /** Two who say nothing about their match for so long have connected, or have given up. */
  static final Duration QUIET = Duration.ofSeconds(2);

  /** So long a slot is kept for somebody at another instance, at least. */
  static final Duration RESERVED = Duration.ofSeconds(1);

  private final LongSupplier nanoTime;

  /** Slots that are kept for others to accept. */
  private final Expiry<Match> reserved = new Expiry<>(RESERVED);

  /** Those with one end at another instance, by their number. */
  private final Map<Long, Match> remote = new HashMap<>();

  /** Matches about which something was said lately. */
  private final Expiry<Match> talking = new Expiry<>(QUIET);

  private int count;

  /** {@code nanoTime} is monotonic. */
  Matches(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** One that is to be; {@link #reserve} or {@link #make} follows. */
  void add(Match match) {
    match.remoteEnd().ifPresent(end -> remote.put(match.id(), match));
  }

  /** It is one when the other instance accepts it. */
  void reserve(Match match) {
    match.reserved = true;
    reserved.begin(match, nanoTime.getAsLong());
  }

  /** From now on the two are a pair. */
  void make(Match match) {
    reserved.remove(match);
    match.reserved = false;
    count++;
    talks(match);
  }

  /** One end says something to the other. */
  void talks(Match match) {
    talking.begin(match, nanoTime.getAsLong());
  }

  void end(Match match) {
    remote.remove(match.id(), match);
    reserved.remove(match);
    count -= match.reserved ? 0 : 1;
    talking.remove(match);
  }

  /** Those for whom a slot was kept long enough; they are to be ended. */
  List<Match> notAccepted() {
    long now = nanoTime.getAsLong();
    talking.over(now);
    return reserved.over(now);
  }

  /** Whether some who are paired still tell each other how to connect. */
  boolean isTalking() {
    talking.over(nanoTime.getAsLong());
    return talking.size() > 0 || reserved.size() > 0;
  }

  int count() {
    return count;
  }

  /** Those of them with one end at another instance. */
  int remoteCount() {
    return remote.size() - reserved.size();
  }

  /** One with an end at another instance. */
  Optional<Match> remote(long id) {
    return Optional.ofNullable(remote.get(id));
  }

  /** All with one end at {@code instance}. */
  List<Match> remoteOf(long instance) {
    return remote.values().stream()
        .filter(match -> match.remoteEnd().filter(end -> end.instance == instance).isPresent())
        .toList();
  }
}
