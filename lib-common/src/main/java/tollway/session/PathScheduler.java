// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the path for each frame of a bonded session: the one that has least on its way for what
 * it holds, which is its measured rate times its round trip. A path that is thought slower than it
 * is holds more than that without a queue, delivers more, and is thought faster; one with a queue
 * does not. A path that loses far more than the others or takes far longer is left out for a while:
 * it would slow down all.
 */
final class PathScheduler {
  /** How often paths are judged. */
  static final Duration INTERVAL = Duration.ofMillis(100);

  /** What every path is thought to hold, in bytes, so that each is tried. */
  private static final double LEAST_HELD = 16 << 10;

  private static final double MOST_LOSS = 0.05;
  private static final double LOSS_FACTOR = 3;

  /** So many judgements in a row and the losses are the path's own, not those of a full one. */
  private static final int STRIKES = 30;

  /** Later than the fastest by more than this, one way, is later than the other end waits. */
  private static final long MOST_LAG = 80_000_000;

  private static final long FIRST_REST = 10_000_000_000L;
  private static final int MOST_RESTS = 4;

  private PathScheduler() {}

  /** The path for the next frame; null when none carries. */
  static @Nullable AttachedPath choose(List<AttachedPath> paths, long now) {
    AttachedPath best = null;
    AttachedPath any = null;
    double least = Double.MAX_VALUE;
    for (AttachedPath path : paths) {
      if (path.state != PathState.ACTIVE) {
        continue;
      }
      any = path;
      if (path.restsUntil > now || path.unanswered > 0) {
        continue;
      }
      double held = Math.max(LEAST_HELD, path.quality.rate() * path.leastRtt() / 1e9);
      double fullness = path.inFlightBytes(now) / held;
      if (fullness < least) {
        least = fullness;
        best = path;
      }
    }
    return best == null ? any : best;
  }

  /** Sends to rest who harms the others, every {@link #INTERVAL}; at least one carries. */
  static void judge(List<AttachedPath> paths, long now) {
    List<AttachedPath> carrying =
        paths.stream()
            .filter(path -> path.state == PathState.ACTIVE && path.restsUntil <= now)
            .toList();
    double leastLoss = carrying.stream().mapToDouble(path -> path.quality.loss()).min().orElse(0);
    long fastest = carrying.stream().mapToLong(AttachedPath::leastRtt).min().orElse(0);
    int left = carrying.size();
    for (AttachedPath path : carrying) {
      boolean loses = path.quality.loss() > Math.max(MOST_LOSS, LOSS_FACTOR * leastLoss);
      path.strikes = loses ? path.strikes + 1 : 0;
      boolean lags = (path.leastRtt() - fastest) / 2 > MOST_LAG;
      if (left > 1 && (lags || path.strikes > STRIKES)) {
        path.restsUntil = now + (FIRST_REST << Math.min(path.rests++, MOST_RESTS));
        path.strikes = 0;
        path.quality.forgetLoss();
        left--;
      }
    }
  }
}
