// SPDX-License-Identifier: Apache-2.0
package tollway.console;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tollway.cli.CommandFailedException;
import tollway.cli.ExitCode;
import tollway.control.ControlClient;
import tollway.loop.BackgroundThread;
import tollway.loop.StopSignal;

/** Shows a daemon's events until somebody or something ends it. */
public final class EventReader {
  private final Predicate<JsonObject> show;
  private final @Nullable String what;
  private final Predicate<JsonObject> done;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable CommandFailedException failure;

  /**
   * {@code show} returns false when nobody looks any more; {@code done} tells the event after which
   * we are done, and {@code what} names it; null when there is none.
   */
  public EventReader(
      Predicate<JsonObject> show, @Nullable String what, Predicate<JsonObject> done) {
    this.show = show;
    this.what = what;
    this.done = done;
  }

  /** Reads what follows an answered question; null stands for no limit. */
  public void run(ControlClient client, @Nullable Duration limit)
      throws IOException, CommandFailedException {
    StopSignal stop = new StopSignal();
    BackgroundThread.start("events", () -> read(client, stop));
    stop.installed();
    try {
      if (limit != null) {
        BackgroundThread.start("events-limit", () -> endAfter(limit, stop));
      }
      awaitEnd(stop);
      CommandFailedException why = failure; // What comes after is our own doing.
      client.close();
      if (why != null) {
        throw why;
      }
    } finally {
      ended.countDown();
      stop.stopped(ExitCode.DONE);
    }
  }

  /** In the shell, Ctrl-C interrupts. */
  private void awaitEnd(StopSignal stop) {
    try {
      stop.await();
    } catch (InterruptedException enough) {
      if (what != null) {
        fail("interrupted");
      }
    }
  }

  private void read(ControlClient client, StopSignal stop) {
    try {
      boolean stopping = false;
      for (Optional<JsonObject> next = client.next(); ; next = client.next()) {
        if (next.isEmpty()) {
          ended(stopping);
          return;
        }
        String kind = next.get().get("event").getAsString();
        if (!show.test(next.get()) || done.test(next.get())) {
          return;
        }
        if (kind.equals("cut_off")) {
          fail("cut off: " + next.get().get("why").getAsString());
          return;
        }
        stopping |= kind.equals("stopping");
      }
    } catch (IOException broken) {
      fail(String.valueOf(broken.getMessage()));
    } finally {
      stop.request();
    }
  }

  private void ended(boolean stopping) {
    if (what != null) {
      fail("the daemon ended before any " + what);
    } else if (!stopping) {
      fail("the daemon ended the connection");
    }
  }

  private void endAfter(Duration limit, StopSignal stop) throws InterruptedException {
    if (!ended.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      if (what != null) {
        fail("no " + what + " within " + limit.toMillis() / 1000.0 + " s");
      }
      stop.request();
    }
  }

  /** The first reason counts: later ones follow from it. */
  private synchronized void fail(String why) {
    if (failure == null) {
      failure = new CommandFailedException(ExitCode.FAILED, why);
    }
  }
}
