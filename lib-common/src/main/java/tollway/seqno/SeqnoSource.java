// SPDX-License-Identifier: Apache-2.0
package tollway.seqno;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out sequence numbers, each greater than all before as unsigned 64-bit numbers: at least the
 * wall clock in microseconds, and more than the file has reserved unless it shows that the clock
 * has not been set back since. So they outlive a crash, the loss of the file and a step of the
 * clock. Owned by one loop.
 */
public final class SeqnoSource {
  private static final Logger log = LoggerFactory.getLogger(SeqnoSource.class);

  /** How far ahead of the clock numbers are reserved, in microseconds; half of it is a period. */
  private static final long RESERVE_MICROS = 120_000_000;

  /** How many are reserved while they run ahead of the clock, so that crashes hardly add up. */
  private static final long RESERVE_COUNT = 4096;

  private final SeqnoFile file;
  private final Clocks clocks;
  private final Executor disk;
  private final String boot = ClockMark.thisBoot();

  private long last;

  /** The clock that the last number went by. */
  private ClockMark mark;

  /** No number above this may be handed out: a later start begins there. Written by the disk. */
  private volatile long reserved;

  private volatile boolean writing;
  private volatile boolean broken;

  /** The wall clock, and the monotonic clock in nanoseconds. */
  private record Clocks(InstantSource wall, LongSupplier monotonic) {
    ClockMark mark(String boot) {
      return new ClockMark(boot, ofClock(wall.instant()) - monotonic.getAsLong() / 1_000);
    }
  }

  private SeqnoSource(SeqnoFile file, Clocks clocks, Executor disk) throws IOException {
    this.file = file;
    this.clocks = clocks;
    this.disk = disk;
    mark = clocks.mark(boot);
    // While the clock is not behind, it has passed every number that was handed out by it.
    reserved =
        file.read()
            .filter(kept -> kept.mark().filter(mark::isNotBehind).isEmpty())
            .map(SeqnoFile.Kept::number)
            .orElse(0L);
    last = reserved;
  }

  /** Reads what was reserved; {@code disk} runs the writes that nobody has to wait for. */
  public static SeqnoSource open(
      Path file, InstantSource wall, LongSupplier monotonic, Executor disk) throws IOException {
    return new SeqnoSource(new SeqnoFile(file), new Clocks(wall, monotonic), disk);
  }

  /** The clock's number: enough for a key that is used once. */
  public static long ofClock(Instant now) {
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  /** The next number. Waits for the disk at the start and after a leap of the clock only. */
  public long next() {
    if (last == -1) {
      throw new IllegalStateException("all sequence numbers are used up");
    }
    long now = ofClock(clocks.wall().instant());
    boolean ahead = Long.compareUnsigned(last, now) >= 0;
    last = ahead ? last + 1 : now;
    long block = ahead ? RESERVE_COUNT : RESERVE_MICROS;
    ClockMark current = clocks.mark(boot);
    SeqnoFile.Kept kept =
        new SeqnoFile.Kept(saturated(last, block), ahead ? Optional.empty() : Optional.of(current));
    // Set forward, the clock may be set back without a trace of what it was in between.
    boolean leapt = current.isAheadOf(mark);
    if (leapt) {
      mark = current;
    }
    if (leapt || Long.compareUnsigned(last, reserved) > 0) {
      reserve(kept);
    } else if (reserved - last < block / 2 && !writing) {
      writing = true;
      disk.execute(
          () -> {
            reserve(kept);
            writing = false;
          });
    }
    return last;
  }

  private static long saturated(long from, long more) {
    return Long.compareUnsigned(from, -1 - more) > 0 ? -1 : from + more;
  }

  private synchronized void reserve(SeqnoFile.Kept kept) {
    if (Long.compareUnsigned(kept.number(), reserved) <= 0) {
      return; // A leap of the clock overtook this write.
    }
    try {
      file.write(kept);
      if (broken) {
        log.info("sequence numbers are kept in {} again", file);
      }
      broken = false;
    } catch (IOException refused) {
      // The clock alone still keeps the promise unless it goes back before the next start.
      if (!broken) {
        warn(refused);
      }
      broken = true;
    }
    reserved = kept.number();
  }

  /** Gives back what was reserved and not used; nothing may be taken after. Waits for the disk. */
  public synchronized void close() {
    try {
      file.write(new SeqnoFile.Kept(last, Optional.empty()));
    } catch (IOException refused) {
      warn(refused);
    }
  }

  private void warn(IOException refused) {
    log.warn("cannot keep sequence numbers in {}: {}", file, refused.getMessage());
  }
}
