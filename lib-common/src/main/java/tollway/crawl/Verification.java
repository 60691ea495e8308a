// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import tollway.loop.NettyEventLoop;

/** Examines many servers, a few at a time. Lives on one loop. */
public final class Verification {
  /** A server is asked no more often than this, a second. */
  private static final int QUESTIONS_A_SECOND = 20;

  private static final int MOST_AT_A_TIME = 64;

  private final NettyEventLoop loop;
  private final Examinations examinations;
  private final Deque<InetSocketAddress> waiting;
  private final IntConsumer progress;
  private final List<Examination> found = new ArrayList<>();
  private final CompletableFuture<List<Examination>> result = new CompletableFuture<>();
  private int running;

  private Verification(
      NettyEventLoop loop,
      Collection<InetSocketAddress> servers,
      ExamPace pace,
      IntConsumer progress) {
    this.loop = loop;
    this.waiting = new ArrayDeque<>(servers);
    this.progress = progress;
    this.examinations = new Examinations(loop, pace);
  }

  /**
   * The future completes on the loop, with one examination of each server. Any thread.
   *
   * @param rate packets a second, for all together
   * @param progress how many are done, on the loop
   */
  public static CompletableFuture<List<Examination>> run(
      NettyEventLoop loop, Collection<InetSocketAddress> servers, int rate, IntConsumer progress) {
    int atATime = Math.max(1, Math.min(MOST_AT_A_TIME, rate / QUESTIONS_A_SECOND));
    Verification verification =
        new Verification(loop, servers, ExamPace.DEFAULT.withGap(gap(atATime, rate)), progress);
    loop.execute(() -> verification.begin(atATime));
    return verification.result;
  }

  /** Six questions in the time of five gaps, for all together no more than the rate. */
  private static Duration gap(int atATime, int rate) {
    Duration fair = Duration.ofNanos(1_000_000_000L * atATime / rate * 6 / 5);
    Duration least = ExamPace.DEFAULT.gap();
    return fair.compareTo(least) > 0 ? fair : least;
  }

  private void begin(int atATime) {
    for (int i = 0; i < atATime; i++) {
      running++;
      next();
    }
  }

  /** One of those at a time has nothing to do. */
  private void next() {
    loop.checkInLoop();
    InetSocketAddress server = waiting.poll();
    if (server != null) {
      examinations.examine(server).thenAccept(this::take);
      return;
    }
    running--;
    if (running == 0) {
      examinations.close();
      result.complete(List.copyOf(found));
    }
  }

  private void take(Examination examination) {
    found.add(examination);
    progress.accept(found.size());
    next();
  }
}
