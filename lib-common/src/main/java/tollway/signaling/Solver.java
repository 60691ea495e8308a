// SPDX-License-Identifier: Apache-2.0
package tollway.signaling;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.admission.Mint;
import tollway.admission.Puzzle;
import tollway.admission.Solution;
import tollway.bytes.Bytes;
import tollway.identity.NodeId;
import tollway.loop.EventLoop;

/**
 * Solves what one freddie asks of us, on a thread beside the loop. The work outlives the connection
 * that it was asked on: who comes back to the same freddie finds it further or done. Who was turned
 * away in favour of others makes a greater effort next time. On the loop.
 */
final class Solver {
  private static final Logger log = LoggerFactory.getLogger(Solver.class);

  /** What took longer is worth a line. */
  private static final long LONG_NANOS = 1_000_000_000L;

  /** The bids of Tor's client, proposal 327: at least so much, doubled to here, then by half. */
  private static final int LEAST_BID = 8;

  private static final int DOUBLED_TO = 1000;
  private static final int MOST_BID = 16_384;

  private final EventLoop loop;
  private final NodeId self;
  private final String freddie;
  private int bid;
  private int made;
  private @Nullable Mint mint;
  private @Nullable Puzzle puzzle;
  private @Nullable Solution ready;
  private @Nullable Consumer<Solution> owner;

  Solver(EventLoop loop, NodeId self, String freddie) {
    this.loop = loop;
    this.self = self;
    this.freddie = freddie;
  }

  /**
   * Hands a solution of what {@code challenge} suggests, or of more, to {@code then}, sooner or
   * later; empty at once when none is asked for. A solution is handed out once.
   */
  void solve(Signal.Challenge challenge, Consumer<Optional<Solution>> then) {
    int effort = effort(challenge.effort());
    if (effort == 0 || challenge.seed().size() == 0) {
      then.accept(Optional.empty());
      return;
    }
    owner = solution -> then.accept(Optional.of(solution));
    Solution known = ready;
    if (known != null && known.seed().equals(challenge.seed()) && known.effort() >= effort) {
      hand(known);
    } else if (!isWorkingOn(challenge.seed(), effort)) {
      begin(new Puzzle(Signal.SERVICE, self, challenge.seed(), effort));
    }
  }

  /** Nobody waits for the solution at the moment. */
  void leave() {
    owner = null;
  }

  /** freddie preferred others, who made a greater effort. */
  void outbid() {
    int last = Math.max(bid, made);
    int next = last < DOUBLED_TO ? last * 2 : last + last / 2;
    bid = Math.min(MOST_BID, Math.max(LEAST_BID, next));
  }

  /** freddie let us in. */
  void welcomed() {
    bid = 0;
    made = 0;
  }

  /** How long it will take on average from here; empty when there is nothing to do. */
  Optional<Duration> remaining() {
    Mint at = mint;
    if (at == null || puzzle == null) {
      return Optional.empty();
    }
    long each = at.nanos() / Math.max(1, at.evaluations());
    return Optional.of(Duration.ofNanos(each * puzzle.effort()));
  }

  /** Of the work that goes on now. */
  long evaluations() {
    return mint == null ? 0 : mint.evaluations();
  }

  /** Gives up. */
  void close() {
    owner = null;
    if (mint != null) {
      mint.cancel();
      mint = null;
    }
  }

  private int effort(int suggested) {
    return Math.max(bid, suggested == 0 ? 0 : Math.max(LEAST_BID, suggested));
  }

  /** Far more than is asked by now would take longer than to begin anew. */
  private boolean isWorkingOn(Bytes seed, int effort) {
    return mint != null
        && puzzle != null
        && puzzle.seed().equals(seed)
        && puzzle.effort() >= effort
        && puzzle.effort() <= 2 * effort;
  }

  private void begin(Puzzle fresh) {
    if (mint != null) {
      mint.cancel();
    }
    ready = null;
    puzzle = fresh;
    Mint started = Mint.start(fresh, 1, new SecureRandom());
    mint = started;
    // A cancelled one has no result.
    started.minted().thenAccept(minted -> loop.execute(() -> solved(started, minted)));
  }

  private void solved(Mint which, Mint.Minted minted) {
    if (which != mint) {
      return; // Given up just before.
    }
    mint = null;
    ready = minted.solution();
    if (minted.nanos() > LONG_NANOS) {
      log.info(
          "solved a puzzle of {} in {} s: effort {}",
          freddie,
          minted.nanos() / LONG_NANOS,
          minted.solution().effort());
    }
    hand(minted.solution());
  }

  private void hand(Solution solution) {
    Consumer<Solution> waiting = owner;
    if (waiting != null) {
      owner = null;
      ready = null;
      made = solution.effort();
      waiting.accept(solution);
    }
  }
}
