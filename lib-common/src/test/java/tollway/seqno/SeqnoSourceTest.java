// SPDX-License-Identifier: Apache-2.0
package tollway.seqno;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tollway.loop.ManualEventLoop;

final class SeqnoSourceTest {
  /** What a process needs at the least until it can hand out a number. */
  private static final Duration START = Duration.ofMillis(50);

  @TempDir Path directory;

  private final ManualEventLoop loop = new ManualEventLoop();
  private final Queue<Runnable> disk = new ArrayDeque<>();

  private Path file() {
    return directory.resolve("state/seqno");
  }

  private SeqnoSource open() throws Exception {
    return SeqnoSource.open(file(), loop::now, loop::nanoTime, disk::add);
  }

  private long clock() {
    return SeqnoSource.ofClock(loop.now());
  }

  private long kept() throws Exception {
    return Long.parseUnsignedLong(Files.readAllLines(file()).get(0));
  }

  @Test
  void numbersFollowTheClock() throws Exception {
    SeqnoSource source = open();
    assertThat(source.next()).isEqualTo(clock());
    assertThat(source.next()).isEqualTo(clock() + 1);
    loop.advance(Duration.ofSeconds(3));
    assertThat(source.next()).isEqualTo(clock());
  }

  @Test
  @DisplayName("W3: who restarts never says a number again")
  void aCrashNeverRepeatsANumberEvenWhenTheClockWentBack() throws Exception {
    long before = open().next();
    loop.stepWallClock(Duration.ofDays(-400));
    assertThat(open().next()).isGreaterThan(before);
  }

  @Test
  void whileTheClockIsNotSetBackACrashRunsNoNumbersAhead() throws Exception {
    open().next();
    loop.advance(START);
    assertThat(open().next()).isEqualTo(clock());
    Files.delete(file());
    loop.advance(START);
    assertThat(open().next()).as("without the file, too").isEqualTo(clock());
  }

  @Test
  void aClockThatWasSetForwardAndBackIsNotBelieved() throws Exception {
    SeqnoSource source = open();
    source.next();
    loop.stepWallClock(Duration.ofMinutes(1));
    long last = source.next();
    loop.stepWallClock(Duration.ofMinutes(-1));
    loop.advance(START);
    assertThat(open().next()).isGreaterThan(last);
  }

  @Test
  void anotherBootTellsNothingOfTheClock() throws Exception {
    open().next();
    long reserved = kept();
    String mark = Files.readAllLines(file()).get(1);
    String other = mark.substring(0, mark.indexOf(' ')) + " 0b5f1c1e-another-boot";
    for (String line : new String[] {other, "", "x y", mark.substring(0, mark.indexOf(' '))}) {
      Files.writeString(file(), reserved + "\n" + line);
      loop.advance(START);
      assertThat(open().next()).as(line).isEqualTo(reserved + 1);
    }
  }

  @Test
  @DisplayName("W3: who restarts without its state still says higher numbers")
  void losingTheFileIsMadeGoodByTheClock() throws Exception {
    long before = open().next();
    Files.delete(file());
    loop.advance(Duration.ofSeconds(1));
    assertThat(open().next()).isGreaterThan(before);
  }

  @Test
  void aDamagedFileCountsAsLost() throws Exception {
    open().next();
    for (String damage :
        new String[] {"", "-1", "12 13", "\0\0", "9".repeat(40), "99999999999999999999"}) {
      Files.writeString(file(), damage);
      loop.advance(Duration.ofSeconds(1));
      assertThat(open().next()).isEqualTo(clock());
    }
  }

  @Test
  void aWriteThatWasCutShortChangesNothing() throws Exception {
    open().next();
    long reserved = kept();
    Files.writeString(directory.resolve("state/seqno.new"), "7");
    loop.stepWallClock(Duration.ofDays(-1));
    assertThat(open().next()).isEqualTo(reserved + 1);
  }

  @Test
  void anOrderlyStopGivesTheRestBack() throws Exception {
    SeqnoSource source = open();
    long last = source.next();
    source.close();
    assertThat(kept()).isEqualTo(last);
    assertThat(open().next()).isEqualTo(last + 1);
  }

  @Test
  void renewalsDoNotHoldUpTheLoop() throws Exception {
    SeqnoSource source = open();
    source.next();
    long first = kept();
    for (int second = 0; second < 100; second++) {
      loop.advance(Duration.ofSeconds(1));
      source.next();
      assertThat(kept()).isEqualTo(first);
    }
    assertThat(disk).hasSize(1);
    disk.remove().run();
    assertThat(kept()).isGreaterThan(clock());
  }

  @Test
  void aLateRenewalDoesNotTakeBackANewerOne() throws Exception {
    SeqnoSource source = open();
    source.next();
    loop.advance(Duration.ofSeconds(90));
    source.next();
    loop.stepWallClock(Duration.ofDays(1));
    long last = source.next();
    disk.remove().run();
    assertThat(kept()).isGreaterThan(last);
  }

  @Test
  void aDiskThatRefusesStopsNobody() throws Exception {
    SeqnoSource source = open();
    Files.delete(directory.resolve("state"));
    long first = source.next();
    loop.advance(Duration.ofMinutes(3));
    assertThat(source.next()).isGreaterThan(first);
    source.close();
  }

  @Test
  @DisplayName("W14: after the last number there is none, and no wrapping around")
  void thereIsNoNumberAfterTheLast() throws Exception {
    Files.createDirectories(directory.resolve("state"));
    Files.writeString(file(), Long.toUnsignedString(-2));
    SeqnoSource source = open();
    assertThat(source.next()).isEqualTo(-1);
    assertThatThrownBy(source::next).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void numbersOnlyGrowWhateverHappens() throws Exception {
    Random random = new Random(17);
    SeqnoSource source = open();
    long last = 0;
    for (int round = 0; round < 400; round++) {
      switch (random.nextInt(7)) {
        case 0 -> {
          disk.clear(); // A crash takes what was not written yet.
          loop.advance(START);
          source = open();
        }
        case 1 -> {
          source.close();
          source = open();
        }
        case 2 -> loop.stepWallClock(Duration.ofSeconds(random.nextInt(20_000) - 10_000L));
        case 3 -> loop.advance(Duration.ofMillis(random.nextInt(200_000)));
        default -> {
          while (!disk.isEmpty() && random.nextBoolean()) {
            disk.remove().run();
          }
        }
      }
      for (int count = random.nextInt(40); count >= 0; count--) {
        long next = source.next();
        assertThat(next).isGreaterThan(last);
        last = next;
      }
    }
  }
}
