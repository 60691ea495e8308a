// SPDX-License-Identifier: Apache-2.0
package tollway.netstate;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.loop.EventLoop;
import tollway.loop.ThreadEventLoop;
import tollway.loop.Timer;

/**
 * Tells a netstate server what this node sees: every period, at once when a connection comes, goes
 * or changes its state, and a goodbye at the end. Failures are logged and never reach the caller.
 */
public final class NetstateReporter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NetstateReporter.class);

  /** Changes closer together than this travel in one report. */
  private static final Duration GATHER = Duration.ofMillis(200);

  private static final Duration POST_LIMIT = Duration.ofSeconds(3);
  private static final Duration GOODBYE_LIMIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final ReporterConfig config;
  private final EventLoop loop;
  private final @Nullable ThreadEventLoop owned;
  private final ReportPost post;
  private final long run = new SecureRandom().nextLong();

  private long seqno;
  private @Nullable NodeReport latest;
  private @Nullable Timer timer;
  private long due;
  private long earliest;
  private Duration pause = Duration.ZERO;
  private String trouble = "";
  private boolean closed;

  NetstateReporter(ReporterConfig config, EventLoop loop, @Nullable ThreadEventLoop owned) {
    this.config = config;
    this.loop = loop;
    this.owned = owned;
    this.post = new ReportPost(config);
  }

  /** On a thread of its own, since posting blocks; nothing is sent before the first update. */
  public static NetstateReporter start(ReporterConfig config) {
    ThreadEventLoop loop = new ThreadEventLoop("netstate-reporter");
    return new NetstateReporter(config, loop, loop);
  }

  /** What to report from now on. Any thread; returns at once. */
  public void update(NodeReport report) {
    loop.execute(() -> onUpdate(report));
  }

  /** Says goodbye, within about a second, and ends. Any thread but the reporter's own. */
  @Override
  public void close() {
    CountDownLatch done = new CountDownLatch(1);
    loop.execute(
        () -> {
          onClose();
          done.countDown();
        });
    if (owned != null) {
      try {
        done.await(GOODBYE_LIMIT.toMillis() + 500, TimeUnit.MILLISECONDS);
      } catch (InterruptedException stopping) {
        Thread.currentThread().interrupt();
      }
      owned.close();
    }
  }

  private void onUpdate(NodeReport report) {
    loop.checkInLoop();
    boolean changed = latest == null || !report.sameShape(latest);
    latest = report;
    if (changed && !closed) {
      planAt(Math.max(loop.nanoTime(), earliest));
    }
  }

  private void onClose() {
    if (closed) {
      return;
    }
    closed = true;
    if (timer != null) {
      timer.cancel();
    }
    // Who was never heard of, or cannot be reached, need not say goodbye.
    if (latest != null && seqno > 0 && trouble.isEmpty()) {
      NetstateMessage goodbye = new NetstateMessage.Goodbye(nextStamp(), latest.node());
      send(goodbye, GOODBYE_LIMIT);
    }
  }

  private void planAt(long at) {
    if (timer != null) {
      if (due <= at) {
        return;
      }
      timer.cancel();
    }
    due = at;
    timer = loop.schedule(Duration.ofNanos(Math.max(0, at - loop.nanoTime())), this::report);
  }

  private void report() {
    timer = null;
    if (closed || latest == null) {
      return;
    }
    boolean received = send(new NetstateMessage.State(nextStamp(), latest), POST_LIMIT);
    pause = received ? Duration.ZERO : longer(pause);
    Duration wait = received ? config.period() : pause;
    earliest = loop.nanoTime() + (received ? GATHER : pause).toNanos();
    planAt(loop.nanoTime() + wait.toNanos());
  }

  private Duration longer(Duration before) {
    Duration doubled = before.isZero() ? config.period() : before.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private boolean send(NetstateMessage message, Duration limit) {
    try {
      int status = post.post(ReportCodec.encode(message), limit);
      say(status / 100 == 2 ? "" : "refused", "HTTP status " + status);
      return status / 100 == 2;
    } catch (IOException unreachable) {
      say("unreachable", unreachable.toString());
      return false;
    }
  }

  /** One line for each change between well, refused and unreachable. */
  private void say(String now, String why) {
    if (now.equals(trouble)) {
      return;
    }
    trouble = now;
    if (now.isEmpty()) {
      log.info("netstate at {} takes reports again", config.server());
    } else {
      log.warn("netstate at {} is {}: {}; trying on", config.server(), now, why);
    }
  }

  private Stamp nextStamp() {
    return new Stamp(run, ++seqno);
  }
}
