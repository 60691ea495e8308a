// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import tollway.shaping.FairShare;
import tollway.shaping.Rate;

/**
 * One direction of one session: its streams read on credit, which is granted by turns with the
 * other sessions, however many streams each has. A stream that reads too much waits in line, and
 * all wait while the session is in debt; a full socket of the origin's does the rest. On the
 * session's loop; the turns are taken on the loop that owns the scheduler.
 */
final class ReadCredit implements ReadShare {
  /** What is granted at once, in bytes. */
  private static final int GRANT = 32 << 10;

  /** What one read may bring: so many streams are let on at a time. */
  private static final int READ = 16 << 10;

  private final EventLoop loop;
  private final Executor home;
  private final Deque<Reader> waiting = new ArrayDeque<>();
  private long credit = GRANT;
  private boolean asked;

  /** Owned by {@code home}. */
  private FairShare<Runnable>.@Nullable Flow flow;

  ReadCredit(EventLoop loop, Executor home, FairShare<Runnable> shares, Optional<Rate> rate) {
    this.loop = loop;
    this.home = home;
    home.execute(() -> flow = shares.add(1, rate, new Turns()));
  }

  @Override
  public boolean take(Reader reader, int bytes) {
    if (spend(bytes)) {
      return true;
    }
    waiting.add(reader);
    return false;
  }

  /** Takes what was carried already; whether there is credit left. */
  private boolean spend(int bytes) {
    credit -= bytes;
    ask();
    return credit > 0;
  }

  /** Whether something that could as well be lost may pass. */
  boolean admits(int bytes) {
    boolean had = credit > 0;
    if (had) {
      spend(bytes);
    }
    return had;
  }

  void close() {
    waiting.clear();
    home.execute(
        () -> {
          if (flow != null) {
            flow.remove();
          }
        });
  }

  private void ask() {
    if (!asked && (credit < GRANT || !waiting.isEmpty())) {
      asked = true;
      home.execute(
          () -> {
            if (flow != null) {
              flow.offer(() -> loop.execute(this::granted), GRANT, false);
            }
          });
    }
  }

  private void granted() {
    asked = false;
    credit = Math.min(credit + GRANT, 2L * GRANT);
    for (long turns = credit <= 0 ? 0 : credit / READ + 1; turns > 0; turns--) {
      Reader next = waiting.poll();
      if (next == null) {
        break;
      }
      next.resume();
    }
    ask();
  }

  private static final class Turns implements FairShare.Sink<Runnable> {
    @Override
    public void send(Runnable grant) {
      grant.run();
    }

    @Override
    public void drop(Runnable grant) {
      // The session has ended.
    }
  }
}
