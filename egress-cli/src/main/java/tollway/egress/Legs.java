// SPDX-License-Identifier: Apache-2.0
package tollway.egress;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tollway.console.Check;
import tollway.session.TransportKind;

/** What a doctor has found: a row for each leg of a way, and none is tried behind a broken one. */
final class Legs {
  /** One leg; fails by saying why. */
  interface Leg {
    Check go() throws IOException, InterruptedException;
  }

  private final long began = System.nanoTime();
  private final List<Check> rows = new ArrayList<>();
  private final Supplier<String> more;
  private boolean broken;

  /** {@code more}: what may explain a failure, or nothing. */
  Legs(Supplier<String> more) {
    this.more = more;
  }

  List<Check> rows() {
    return rows;
  }

  void add(Check row) {
    rows.add(row);
  }

  /** Whether the next leg is not tried. */
  void broken(boolean now) {
    broken = now;
  }

  /** Whether the leg is well. */
  boolean leg(String name, String remedy, Leg leg) throws InterruptedException {
    if (broken) {
      rows.add(Check.skip(name, "not tried"));
      return false;
    }
    try {
      Check check = leg.go();
      broken = check.state() == Check.State.FAIL;
      rows.add(check);
    } catch (IOException why) {
      broken = true;
      String first = more.get();
      String text = String.valueOf(why.getMessage());
      rows.add(Check.fail(name, first.isEmpty() ? text : text + "; " + first, remedy));
    }
    return !broken;
  }

  Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Waits until {@code end} after the start. */
  <T> T await(CompletableFuture<T> future, Duration end, String silence)
      throws IOException, InterruptedException {
    try {
      long left = end.minus(sinceStart()).toNanos();
      return future.get(Math.max(0, left), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new IOException(silence, late);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException why) {
        throw why;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  /** Whether a freddie knows us by {@code end}. */
  void signalling(CompletableFuture<List<String>> welcomed, Duration end)
      throws InterruptedException {
    leg(
        "signalling",
        "another program, or another version, may be at that URL; or this host or its network is"
            + " slow: try again",
        () -> {
          await(welcomed, end, "no freddie welcomes us in time");
          return Check.ok("signalling", "freddie welcomes us");
        });
  }

  /** Whether who answers {@code watch}'s desktop by {@code end} is the one that is meant. */
  Check identity(DesktopWatch watch, Duration end, String remedy)
      throws IOException, InterruptedException {
    try {
      await(watch.ready(), end, "the egress does not answer the handshake in time");
      String over =
          watch.transport() == TransportKind.DTLS
              ? " over DTLS, for there is no QUIC here or there"
              : "";
      return Check.ok(
          "egress identity", "the one that the invite pins; the session is ready" + over);
    } catch (DesktopWatch.WrongPinException wrong) {
      return Check.fail("egress identity", String.valueOf(wrong.getMessage()), remedy);
    }
  }
}
