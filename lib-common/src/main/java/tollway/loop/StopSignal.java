// SPDX-License-Identifier: Apache-2.0
package tollway.loop;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns SIGTERM and SIGINT into an orderly stop: the daemon's main thread waits in {@link #await},
 * cleans up, calls {@link #stopped} and the process exits 0.
 */
public final class StopSignal {
  /** How long a clean-up may take before the process ends anyway, in seconds. */
  private static final long GRACE_SECONDS = 10;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch again = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean bySignal = new AtomicBoolean();
  private volatile int exitCode;

  /**
   * Installs the signal handlers; once per process, and only when the start went well: from now on
   * the process waits for {@link #stopped} before it ends, for whatever reason.
   */
  public StopSignal installed() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "stop-signal"));
    return this;
  }

  /**
   * The same for a daemon that takes its time: a second signal is passed on to it, too. How long it
   * takes is up to the daemon.
   */
  public StopSignal installedTwice() {
    ProcessSignals.on("TERM", this::request);
    ProcessSignals.on("INT", this::request);
    return installed();
  }

  /** Asks the daemon to stop, as a signal would. Any thread. */
  public synchronized void request() {
    if (requested.getCount() > 0) {
      requested.countDown();
    } else {
      again.countDown();
    }
  }

  /** Waits until somebody asks for the second time, or {@code limit} has passed; whether so. */
  public boolean awaitAgain(Duration limit) throws InterruptedException {
    return again.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits until somebody asks for the stop, or {@code limit} has passed; whether somebody did. */
  public boolean await(Duration limit) throws InterruptedException {
    return requested.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Waits until somebody asks for the stop. */
  public void await() throws InterruptedException {
    requested.await();
  }

  /** The clean-up is done; the process may end with {@code code}. */
  public void stopped(int code) {
    exitCode = code;
    stopped.countDown();
  }

  private void onSignal() {
    if (stopped.getCount() == 0 || !bySignal.compareAndSet(false, true)) {
      return; // An ordinary exit runs shutdown hooks too.
    }
    request();
    try {
      boolean clean = stopped.await(GRACE_SECONDS, TimeUnit.SECONDS);
      // Without halt the JVM would report 128 + signal for a stop that went well.
      Runtime.getRuntime().halt(clean ? exitCode : 1);
    } catch (InterruptedException notExpected) {
      Runtime.getRuntime().halt(1);
    }
  }
}
