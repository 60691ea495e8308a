// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tollway.identity.NodeId;
import tollway.lab.Await;

/** People who open a session, leave when it is ready, and are followed by others at once. */
final class Newcomers {
  /** Of each session, milliseconds until it was ready; and how many ended before. */
  record Result(List<Double> took, int failed) {}

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final NodeId egress;
  private final List<Double> took = new ArrayList<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger present = new AtomicInteger();
  private volatile boolean over;

  Newcomers(NodeId egress) {
    this.egress = egress;
  }

  /** So many at a time by way of these; those count that are ready in time. */
  Result come(List<Uplink> uplinks, int atATime, Duration howLong) throws Exception {
    for (int i = 0; i < atATime; i++) {
      Uplink uplink = uplinks.get(i % uplinks.size());
      present.incrementAndGet();
      uplink.loop().execute(() -> next(uplink));
    }
    TimeUnit.NANOSECONDS.sleep(howLong.toNanos());
    over = true;
    Result result;
    synchronized (took) {
      result = new Result(List.copyOf(took), failed.get());
    }
    Await.until("the last have gone", () -> present.get() == 0);
    return result;
  }

  private void next(Uplink uplink) {
    if (over) {
      present.decrementAndGet();
      return;
    }
    long begun = System.nanoTime();
    Uplink.Person person = uplink.newcomer(egress);
    person
        .whenReady()
        .thenRun(
            () -> {
              double millis = (System.nanoTime() - begun) / 1e6;
              synchronized (took) {
                took.add(millis);
              }
              person.leave();
            });
    uplink
        .loop()
        .schedule(
            PATIENCE,
            () -> {
              if (!person.whenReady().isDone()) {
                person.leave(); // Its path was refused.
              }
            });
    person.ended.thenRun(
        () -> {
          if (!person.whenReady().isDone()) {
            failed.incrementAndGet();
          }
          uplink.loop().execute(() -> next(uplink));
        });
  }
}
