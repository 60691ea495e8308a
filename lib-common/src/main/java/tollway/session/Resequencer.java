// SPDX-License-Identifier: Apache-2.0
package tollway.session;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tollway.loop.EventLoop;
import tollway.loop.Timer;

/**
 * Puts packets that came over several paths back in order: QUIC takes one that is overtaken by
 * three others for lost (RFC 9002 §6.1.1). A gap is given up when every path has delivered
 * something beyond it (the rule of RFC 1990 §4.1), and in any case after a {@link Patience}, so
 * that over one path nothing ever waits. On the session's loop.
 */
final class Resequencer {
  /** Packets that may wait for an earlier one. */
  static final int MOST = 1 << 12;

  /** So many late packets in a row mean that the numbers were led astray. */
  private static final int ASTRAY = 64;

  private final EventLoop loop;
  private final Consumer<ByteBuf> sink;
  private final @Nullable ByteBuf[] held = new ByteBuf[MOST];

  /** The places of numbers that were given up, until they are used again. */
  private final BitSet givenUp = new BitSet(MOST);

  private final Patience patience;
  private int next;
  private int waiting;
  private int late;

  /** Since when the packet {@code next} is waited for. */
  private long gapSince;

  private @Nullable Timer timer;

  Resequencer(EventLoop loop, Consumer<ByteBuf> sink) {
    this.loop = loop;
    this.sink = sink;
    patience = new Patience(loop.nanoTime());
  }

  /** Takes over one packet. */
  void accept(int number, ByteBuf packet) {
    int ahead = number - next;
    if (ahead < 0) {
      if (ahead >= -MOST && givenUp.get(number & MOST - 1)) {
        givenUp.clear(number & MOST - 1);
        patience.tooShort(loop.nanoTime());
      }
      sink.accept(packet); // Said again, or given up: QUIC knows what to do with it.
      if (++late >= ASTRAY && waiting == 0) {
        next = number + 1;
        late = 0;
      }
      return;
    }
    late = 0;
    if (ahead >= MOST) {
      giveUpBefore(next + MOST);
      next = number;
      ahead = 0;
    }
    if (ahead == 0) {
      if (waiting > 0) {
        long now = loop.nanoTime();
        patience.filled(now - gapSince, now);
      }
      givenUp.clear(number & MOST - 1);
      sink.accept(packet);
      next++;
      deliverReady();
      return;
    }
    int slot = number & MOST - 1;
    if (held[slot] != null) {
      packet.release();
      return;
    }
    held[slot] = packet;
    waiting++;
    if (timer == null) {
      gapSince = loop.nanoTime();
      timer = loop.schedule(Duration.ofNanos(patience.nanos()), this::onTimer);
    }
  }

  /** What {@code paths} have all passed and did not arrive is lost. */
  void giveUpPassed(Collection<AttachedPath> paths, long now) {
    if (waiting == 0) {
      return;
    }
    int passed = next + MOST;
    for (AttachedPath path : paths) {
      if (now - path.dataHeardAt < Patience.MOST && path.highestNumber - passed < 0) {
        passed = path.highestNumber;
      }
    }
    if (passed - next > 0) {
      giveUpBefore(passed);
    }
  }

  void close() {
    stopTimer();
    for (int i = 0; i < MOST; i++) {
      ByteBuf packet = held[i];
      if (packet != null) {
        packet.release();
        held[i] = null;
      }
    }
    waiting = 0;
  }

  private void onTimer() {
    timer = null;
    long left = patience.nanos() - (loop.nanoTime() - gapSince);
    if (left > 0) {
      timer = loop.schedule(Duration.ofNanos(left), this::onTimer);
      return;
    }
    while (waiting > 0 && held[next & MOST - 1] == null) {
      takeNext();
    }
    deliverReady();
    if (waiting > 0) {
      timer = loop.schedule(Duration.ofNanos(patience.nanos()), this::onTimer);
    }
  }

  private void giveUpBefore(int bound) {
    while (next != bound && waiting > 0) {
      takeNext();
    }
    next = bound;
    deliverReady();
  }

  private void deliverReady() {
    while (waiting > 0 && held[next & MOST - 1] != null) {
      takeNext();
    }
    if (waiting == 0) {
      stopTimer();
    } else {
      gapSince = loop.nanoTime();
    }
  }

  private void takeNext() {
    int slot = next++ & MOST - 1;
    ByteBuf packet = held[slot];
    givenUp.set(slot, packet == null);
    if (packet != null) {
      held[slot] = null;
      waiting--;
      sink.accept(packet);
    }
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
