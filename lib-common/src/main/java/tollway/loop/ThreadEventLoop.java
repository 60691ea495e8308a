// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop on a plain JDK thread: starts in a millisecond, for components without Netty. */
public final class ThreadEventLoop implements EventLoop, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ThreadEventLoop.class);

  private final ScheduledThreadPoolExecutor executor;
  private volatile @org.jspecify.annotations.Nullable Thread thread;

  public ThreadEventLoop(String name) {
    ThreadFactory factory =
        body -> {
          Thread started = new Thread(body, name);
          started.setDaemon(true);
          thread = started;
          return started;
        };
    executor = new ScheduledThreadPoolExecutor(1, factory);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    try {
      executor.execute(guarded(task));
    } catch (RejectedExecutionException closed) {
      log.debug("a task came after the loop was closed");
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    try {
      return timer(executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS));
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    long nanos = period.toNanos();
    try {
      return timer(
          executor.scheduleWithFixedDelay(guarded(task), nanos, nanos, TimeUnit.NANOSECONDS));
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** Stops after the running task; timers that have not fired never do. */
  @Override
  public void close() {
    executor.shutdown();
  }

  private static Timer timer(Future<?> future) {
    return () -> future.cancel(false);
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException bug) {
        log.error("a task on the loop failed", bug);
      }
    };
  }
}
