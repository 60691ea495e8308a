// SPDX-License-Identifier: Apache-2.0
package tollway.freddie;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.cli.FileTrouble;
import tollway.cli.UserErrorException;
import tollway.console.Check;
import tollway.files.NamedFile;
import tollway.reach.ReachList;
import tollway.reach.SignedList;
import tollway.reach.SignedListCodec;

/** The signed list that clients find at {@code /v2/list}; {@code --list} names its file. */
final class ListBoard {
  @Option(
      names = "--list",
      paramLabel = "FILE",
      description =
          "Give clients this list of freddies, fronts, STUN servers and hellos, which 'freddie list"
              + " sign' made. It is read again when it changes and on SIGHUP.")
  private @Nullable Path file;

  /** What the operator has heard of the end of {@link #shown}. */
  private enum Told {
    NOTHING,
    ENDING,
    EXPIRED
  }

  private volatile @Nullable SignedList shown;
  private Told told = Told.NOTHING;

  /** The file that is read again when it changes. */
  List<Path> files() {
    return file == null ? List.of() : List.of(file);
  }

  /** Shows what the file holds now; what it must not replace stays. */
  void read() throws IOException {
    if (file == null) {
      return;
    }
    SignedList read;
    try {
      read = decode("--list", file);
    } catch (MalformedBytesException wrong) {
      throw new UserErrorException("--list: " + file + ": " + wrong.getMessage());
    }
    String mistake = mistake(read, shown, Instant.now());
    if (!mistake.isEmpty()) {
      throw new UserErrorException("--list: " + file + ": " + mistake);
    }
    shown = read;
    told = Told.NOTHING;
  }

  /**
   * What its operator has to hear of the end of the list that is shown: a line when that is near,
   * and one when it has come. On the thread that reads.
   */
  Optional<String> news(Instant now) {
    SignedList present = shown;
    if (present == null) {
      return Optional.empty();
    }
    ReachList list = present.list();
    if (list.isExpired(now) && told != Told.EXPIRED) {
      told = Told.EXPIRED;
      return Optional.of(
          "the list expired at %s: clients get none until a new one is signed and put at %s"
              .formatted(list.expires(), file));
    }
    if (list.isEnding(now) && told == Told.NOTHING) {
      told = Told.ENDING;
      return Optional.of(
          "the list expires at %s: sign a new one and put it at %s"
              .formatted(list.expires(), file));
    }
    return Optional.empty();
  }

  /** What a doctor says of the file. */
  Check check(Instant now) {
    String name = "list";
    if (file == null) {
      return Check.skip(name, "none: clients hear of no other way to a freddie");
    }
    try {
      read();
    } catch (UserErrorException unfit) {
      return Check.fail(name, String.valueOf(unfit.getMessage()), "'serve' would not start");
    } catch (IOException unreadable) {
      return Check.fail(
          name, FileTrouble.text(unreadable), "freddie's user must be able to read it");
    }
    ReachList list = Objects.requireNonNull(shown).list();
    return list.isEnding(now)
        ? Check.warn(
            name, "expires at " + list.expires(), "sign a new one: it is read again by itself")
        : Check.ok(name, "number %d, good until %s".formatted(list.number(), list.expires()));
  }

  /** When it expires or has expired, in the Prometheus text format. Any thread. */
  String metrics() {
    SignedList present = shown;
    return present == null
        ? ""
        : """
        # TYPE freddie_list_expires_seconds gauge
        freddie_list_expires_seconds %d
        """
            .formatted(present.list().expires().getEpochSecond());
  }

  /** What clients get; empty when there is none, or it has expired. Any thread. */
  Optional<Bytes> document(Instant now) {
    return Optional.ofNullable(shown)
        .filter(it -> !it.list().isExpired(now))
        .map(SignedList::document);
  }

  /** {@code option} is named when there is no such file. */
  static SignedList decode(String option, Path file) throws IOException, MalformedBytesException {
    try (InputStream in = NamedFile.open(file)) {
      return SignedListCodec.decode(Bytes.of(in.readNBytes(ReachList.SIZE_LIMIT + 1)));
    } catch (NoSuchFileException missing) {
      throw new UserErrorException(option + ": no such file: " + file);
    }
  }

  private static String mistake(SignedList read, @Nullable SignedList before, Instant now) {
    if (read.list().isExpired(now)) {
      return "it expired at " + read.list().expires() + ": sign a new one";
    }
    if (before != null && !read.signer().equals(before.signer())) {
      return "it is signed by another key than the last: restart to change that";
    }
    if (before != null && read.list().number() < before.list().number()) {
      return "it is older than the last: number %d, not %d"
          .formatted(read.list().number(), before.list().number());
    }
    return "";
  }
}
