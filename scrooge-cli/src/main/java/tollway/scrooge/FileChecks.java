// SPDX-License-Identifier: Apache-2.0
package tollway.scrooge;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tollway.bytes.MalformedBytesException;
import tollway.cli.TextFile;
import tollway.cli.UserErrorException;
import tollway.console.Check;

/** Key and state, the room for them on the disk, and the clock against what the state remembers. */
record FileChecks(Path key, Path state, Instant now) {
  private static final long LITTLE_SPACE = 16L << 20;

  /** No scrooge is older. */
  private static final Instant EARLIEST = Instant.parse("2026-01-01T00:00:00Z");

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    checks.add(identity());
    checks.add(directory());
    checks.add(clock());
    return checks;
  }

  private Check identity() {
    if (!Files.exists(key)) {
      return Check.ok("key", "none at " + key + " yet: the first run makes it");
    }
    try {
      return Check.ok("key", key + ", public key " + KeyFiles.load(key).nodeId());
    } catch (UserErrorException unfit) {
      return Check.fail("key", key.toString(), String.valueOf(unfit.getMessage()));
    } catch (AccessDeniedException denied) {
      return Check.fail("key", "we may not read " + key, "be root, or name another with --key");
    } catch (IOException | MalformedBytesException damaged) {
      return Check.fail(
          "key", String.valueOf(damaged.getMessage()), "'scrooge keygen --force' makes a new one");
    }
  }

  private Check directory() {
    Path there = state.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      return Check.fail("state", there + " is not a directory", "--state DIR");
    }
    if (!Files.isWritable(there)) {
      return Check.fail("state", "we may not write to " + there, "be root, or use --state DIR");
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      return free < LITTLE_SPACE
          ? Check.warn("state", "%d KiB free for %s".formatted(free >> 10, state), "make room")
          : Check.ok("state", state + ", " + (free >> 20) + " MiB free");
    } catch (IOException unknown) {
      return Check.warn("state", state.toString(), String.valueOf(unknown.getMessage()));
    }
  }

  private Check clock() {
    if (now.isBefore(EARLIEST)) {
      return Check.warn(
          "clock",
          "it says " + now,
          "set it: without state, neighbours would take us for a replay");
    }
    Path kept = state.resolve("seqno");
    if (!Files.exists(kept)) {
      return Check.ok("clock", now.toString());
    }
    try {
      String first = TextFile.read(kept, 100).lines().findFirst().orElse("").strip();
      long ahead =
          Long.parseUnsignedLong(first) - TimeUnit.MILLISECONDS.toMicros(now.toEpochMilli());
      Duration gap = Duration.of(ahead, java.time.temporal.ChronoUnit.MICROS);
      return gap.compareTo(Duration.ofMinutes(10)) > 0
          ? Check.warn(
              "clock",
              "%s behind the sequence numbers in %s".formatted(gap, kept),
              "keep that file: without it neighbours would take us for a replay")
          : Check.ok("clock", now + ", in step with the state");
    } catch (IOException | NumberFormatException damaged) {
      return Check.warn("clock", kept + " holds no number", "it is made anew, from the clock");
    }
  }
}
