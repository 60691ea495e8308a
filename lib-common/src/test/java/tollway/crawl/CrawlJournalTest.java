// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CrawlJournalTest {
  private static final long SEVEN = Ipv4Block.of("192.0.2.7").first();

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("below").resolve("list.crawl");
  }

  private byte[] write() throws Exception {
    try (CrawlJournal journal = CrawlJournal.open(file, "plan")) {
      assertThat(journal.resumed()).isFalse();
      assertThat(journal.done()).isZero();
      journal.hit(SEVEN);
      journal.hit(SEVEN);
      journal.done(100);
      journal.done(100);
      journal.done(50);
      journal.hit(SEVEN + 1);
      return journal.key();
    }
  }

  @Test
  void goesOnWithTheSamePlan() throws Exception {
    byte[] key = write();
    assertThat(Files.readAllLines(file)).hasSize(4);
    try (CrawlJournal again = CrawlJournal.open(file, "plan")) {
      assertThat(again.resumed()).isTrue();
      assertThat(again.key()).isEqualTo(key);
      assertThat(again.done()).isEqualTo(100);
      assertThat(again.hits()).containsExactlyInAnyOrder(SEVEN, SEVEN + 1);
      again.done(200);
    }
    try (CrawlJournal third = CrawlJournal.open(file, "plan")) {
      assertThat(third.done()).isEqualTo(200);
    }
  }

  @Test
  void anotherPlanBeginsAnew() throws Exception {
    byte[] key = write();
    try (CrawlJournal other = CrawlJournal.open(file, "another")) {
      assertThat(other.resumed()).isFalse();
      assertThat(other.key()).isNotEqualTo(key);
      assertThat(other.done()).isZero();
      assertThat(other.hits()).isEmpty();
    }
  }

  /** Whatever a kill or a power cut left of it, byte by byte. */
  @Test
  void everyTornFileIsReadAsFarAsItGoes() throws Exception {
    byte[] key = write();
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (CrawlJournal journal = CrawlJournal.open(file, "plan")) {
        assertThat(journal.resumed()).isEqualTo(Arrays.equals(journal.key(), key));
        assertThat(journal.done()).isIn(0L, 100L);
        journal.done(300);
      }
      try (CrawlJournal journal = CrawlJournal.open(file, "plan")) {
        assertThat(journal.resumed()).isTrue();
        assertThat(journal.done()).isEqualTo(300);
      }
    }
  }

  @Test
  void nonsenseInTheMiddleEndsIt() throws Exception {
    write();
    Files.write(
        file,
        "{\"hit\":\"nobody\"}\n{\"done\":9999}\n".getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.APPEND);
    try (CrawlJournal journal = CrawlJournal.open(file, "plan")) {
      assertThat(journal.done()).isEqualTo(100);
    }
  }

  @Test
  void whatIsNoJournalIsNotOverwritten() throws Exception {
    Path precious = Files.writeString(directory.resolve("precious"), "my diary");
    assertThatThrownBy(() -> CrawlJournal.open(precious, "plan"))
        .hasMessage("'" + precious + "' holds something else than how far a crawl came");
    assertThat(Files.readString(precious)).isEqualTo("my diary");
  }

  @Test
  void oneCrawlAtATime() throws Exception {
    try (CrawlJournal journal = CrawlJournal.open(file, "plan")) {
      assertThatThrownBy(() -> CrawlJournal.open(file, "plan"))
          .hasMessageContaining("another crawl is at work");
      journal.delete();
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void goesBackToWhatMustBeAskedAgain() throws Exception {
    write();
    try (CrawlJournal journal = CrawlJournal.open(file, "plan")) {
      journal.again(400);
      assertThat(journal.done()).isEqualTo(100);
      journal.again(30);
    }
    try (CrawlJournal journal = CrawlJournal.open(file, "plan")) {
      assertThat(journal.done()).isEqualTo(30);
      assertThat(journal.hits()).containsExactlyInAnyOrder(SEVEN, SEVEN + 1);
    }
  }

  @Test
  void oneThatSaysNothingIsNotLeftBehind() throws Exception {
    CrawlJournal.open(file, "plan").close();
    assertThat(file).doesNotExist();
  }

  @Test
  void aReservedFileStaysAsItIs() throws Exception {
    write();
    byte[] before = Files.readAllBytes(file);
    Closeable reserved = CrawlJournal.reserve(file);
    assertThatThrownBy(() -> CrawlJournal.open(file, "plan"))
        .hasMessageContaining("another crawl is at work");
    reserved.close();
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    Path other = directory.resolve("other.crawl");
    Closeable absent = CrawlJournal.reserve(other);
    assertThat(other).exists();
    absent.close();
    assertThat(other).doesNotExist();
  }

  @Test
  void itsSecretIsForItsOwnerAlone() throws Exception {
    write();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
