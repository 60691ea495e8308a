// SPDX-License-Identifier: Apache-2.0
package tollway.shaping;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * Passes things on at a rate that flows share by weight, each flow below a rate of its own. What
 * may not go yet waits in its flow's queue; what does not fit there is refused. Whose turn it is
 * follows start-time fair queueing (Goyal, Vin, Cheng 1996): a flow that was quiet goes next, and
 * nobody saves up turns. Without a limit everything goes at once. Owned by its loop, and never
 * blocks it.
 *
 * @param <T> what is passed on
 */
public final class FairShare<T> {
  /** Where a flow's things go. */
  public interface Sink<T> {
    void send(T item);

    /** The flow was removed, and this with it. */
    void drop(T item);
  }

  /** How long the things of a flow may wait: what a sender needs to find out the rate. */
  private static final double QUEUE_SECONDS = 0.05;

  /** Room for two of the largest frames; and the most, in bytes. */
  private static final int LEAST_QUEUE = 32 << 10;

  private static final int LARGEST_QUEUE = 256 << 10;

  /** Beyond a full queue, for things that are urgent. */
  private static final int URGENT_ROOM = 8 << 10;

  /** The loop is not woken more often than this. */
  private static final long LEAST_SLEEP = 1_000_000;

  private record Waiting<T>(T item, int bytes) {}

  private final EventLoop loop;
  private final Allowance total = new Allowance();

  /** Flows with something to send, by turn; those held back by their own rate are in the other. */
  private final PriorityQueue<Flow> ready =
      new PriorityQueue<>(
          Comparator.<Flow>comparingDouble(flow -> flow.turn).thenComparingLong(f -> f.order));

  private final PriorityQueue<Flow> resting =
      new PriorityQueue<>(Comparator.<Flow>comparingLong(flow -> flow.restsUntil));

  private @Nullable Timer wake;
  private double virtualTime;
  private long turns;
  private boolean pumping;
  private boolean held;

  public FairShare(EventLoop loop) {
    this.loop = loop;
  }

  /** What all flows may pass on together; empty for no limit. */
  public void limit(Optional<Rate> rate) {
    loop.checkInLoop();
    total.limit(rate, loop.nanoTime());
    pump();
  }

  /** While true nothing goes; the queues fill. */
  public void hold(boolean hold) {
    loop.checkInLoop();
    if (held != hold) {
      held = hold;
      pump();
    }
  }

  /** A new flow, which gets {@code weight} parts where others get theirs. */
  public Flow add(int weight, Optional<Rate> rate, Sink<T> sink) {
    loop.checkInLoop();
    if (weight < 1) {
      throw new IllegalArgumentException("a weight is above 0");
    }
    Flow flow = new Flow(weight, sink);
    flow.limit(rate);
    return flow;
  }

  /** Those who share: one person, one session. */
  public final class Flow {
    private final int weight;
    private final Sink<T> sink;
    private final Allowance own = new Allowance();
    private final Deque<Waiting<T>> queue = new ArrayDeque<>();
    private int waiting;
    private double turn;
    private long order;
    private long restsUntil;
    private boolean removed;

    private Flow(int weight, Sink<T> sink) {
      this.weight = weight;
      this.sink = sink;
    }

    /** What this flow may pass on; empty for no limit. */
    public void limit(Optional<Rate> rate) {
      loop.checkInLoop();
      own.limit(rate, loop.nanoTime());
      if (resting.remove(this)) {
        ready.add(this);
      }
      pump();
    }

    /**
     * Sends {@code item} now or when it may go; false when the queue is full and the item still the
     * caller's. An urgent one overtakes the others of its flow.
     */
    public boolean offer(T item, int bytes, boolean urgent) {
      loop.checkInLoop();
      if (removed) {
        return false;
      }
      if (queue.isEmpty() && !held && !total.isLimited() && !own.isLimited()) {
        sink.send(item);
        return true;
      }
      if (!queue.isEmpty() && waiting + bytes > room() + (urgent ? URGENT_ROOM : 0)) {
        return false;
      }
      waiting += bytes;
      if (urgent) {
        queue.addFirst(new Waiting<>(item, bytes));
      } else {
        queue.addLast(new Waiting<>(item, bytes));
      }
      if (queue.size() == 1) {
        turn = Math.max(turn, virtualTime);
        order = turns++;
        ready.add(this);
        pump();
      }
      return true;
    }

    public int waitingBytes() {
      return waiting;
    }

    /** Drops what waits; nothing is sent any more. */
    public void remove() {
      loop.checkInLoop();
      removed = true;
      ready.remove(this);
      resting.remove(this);
      for (Waiting<T> each = queue.poll(); each != null; each = queue.poll()) {
        sink.drop(each.item());
      }
      waiting = 0;
    }

    private int room() {
      double share = total.perSecond() / Math.max(1, ready.size());
      double bytes = Math.min(own.perSecond(), share) * QUEUE_SECONDS;
      return (int) Math.max(LEAST_QUEUE, Math.min(LARGEST_QUEUE, bytes));
    }

    private void sendNext() {
      Waiting<T> next = queue.remove();
      waiting -= next.bytes();
      total.take(next.bytes());
      own.take(next.bytes());
      virtualTime = turn;
      turn += (double) next.bytes() / weight;
      if (!queue.isEmpty()) {
        order = turns++;
        ready.add(this);
      }
      sink.send(next.item());
    }
  }

  /** Sends what may go now, and sees to it that the rest is looked at in time. */
  private void pump() {
    if (pumping) {
      return; // A sink that offers: the round below goes on.
    }
    pumping = true;
    try {
      long now = loop.nanoTime();
      while (!resting.isEmpty() && resting.peek().restsUntil - now <= 0) {
        Flow rested = resting.remove();
        rested.turn = Math.max(rested.turn, virtualTime); // Nobody makes up for a rest.
        ready.add(rested);
      }
      while (!held && !ready.isEmpty() && total.has(now)) {
        Flow flow = ready.remove();
        if (flow.own.has(now)) {
          flow.sendNext();
        } else {
          flow.restsUntil = now + flow.own.nanosUntil();
          resting.add(flow);
        }
      }
      sleep(now);
    } finally {
      pumping = false;
    }
  }

  private void sleep(long now) {
    if (wake != null) {
      wake.cancel();
      wake = null;
    }
    long until = Long.MAX_VALUE;
    if (!held && !ready.isEmpty()) {
      until = total.nanosUntil();
    }
    if (!held && !resting.isEmpty()) {
      until = Math.min(until, resting.peek().restsUntil - now);
    }
    if (until != Long.MAX_VALUE) {
      wake = loop.schedule(Duration.ofNanos(Math.max(LEAST_SLEEP, until)), this::pump);
    }
  }
}
