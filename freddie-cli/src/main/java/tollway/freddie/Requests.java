// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import tollway.admission.TokenBucket;

/** Which wishes of clients here others were asked to help with. */
final class Requests {
  /** So many a second, and as many at once: whoever wishes often shall not cost all instances. */
  private static final int PER_SECOND = 1000;

  /** Who wishes anew sooner than this after the last time waits for the next sweep; nanoseconds. */
  private static final long EACH = 200_000_000;

  private static final class Request {
    final Wish wish;
    final long number;
    boolean asked;
    long at;

    Request(Wish wish, long number) {
      this.wish = wish;
      this.number = number;
    }
  }

  private final LongSupplier ids;
  private final LongSupplier nanoTime;
  private final TokenBucket budget;
  private final Map<Wish, Request> byWish = new HashMap<>();
  private final Map<Long, Request> byNumber = new HashMap<>();

  Requests(LongSupplier ids, LongSupplier nanoTime) {
    this.ids = ids;
    this.nanoTime = nanoTime;
    budget = new TokenBucket(PER_SECOND, PER_SECOND, nanoTime.getAsLong());
  }

  /** What to ask, unless that was asked a short time ago, or too much was. */
  Optional<Letter.Wanted> request(Wish wish) {
    long now = nanoTime.getAsLong();
    Request request = byWish.get(wish);
    Client owner = wish.owner;
    boolean askedLately =
        request != null
            ? request.asked && now - request.at < Colleagues.REPEATED
            : wish.onwardOf == null && owner.asked != null && now - owner.asked < EACH;
    if (askedLately || !budget.take(now)) {
      return Optional.empty();
    }
    owner.asked = now;
    if (request == null) {
      request = new Request(wish, ids.getAsLong());
      byWish.put(wish, request);
      byNumber.put(request.number, request);
    }
    request.asked = true;
    request.at = now;
    return Optional.of(
        new Letter.Wanted(
            request.number,
            owner.node,
            wish.egress,
            wish.count,
            wish.least,
            wish.most,
            wish.nat,
            owner.host,
            owner.from,
            wish.keptFromTheRest().stream().limit(Letter.MAX_EXCLUDED).toList()));
  }

  /** The wish with that number, as long as it is not over. */
  Optional<Wish> find(long number) {
    return Optional.ofNullable(byNumber.get(number)).map(request -> request.wish);
  }

  /** What to say when the wish is over: nothing if nobody was asked. */
  Optional<Letter.Settled> over(Wish wish) {
    Request request = byWish.remove(wish);
    if (request == null) {
      return Optional.empty();
    }
    byNumber.remove(request.number);
    return Optional.of(new Letter.Settled(request.number));
  }

  /** Some may not have heard. */
  void repeatAll() {
    byWish.values().forEach(request -> request.asked = false);
  }
}
