// SPDX-License-Identifier: Apache-2.0
package tollway.reach;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.files.DurableFile;
import tollway.files.NamedFile;
import tollway.loop.BackgroundThread;

/**
 * Which routes worked last, in a file, so that the next start begins with the latest of them. The
 * file holds only digests: who finds it learns of no freddie that they do not know. Several
 * processes may share it; it is a hint, and what cannot be read or written changes nothing.
 */
public final class RouteMemory {
  /** What worked longer ago says nothing. */
  static final Duration KEPT = Duration.ofDays(30);

  /** So many routes, those of other invites too. */
  static final int MOST = 16;

  private static final Logger log = LoggerFactory.getLogger(RouteMemory.class);
  private static final String HEAD = "tollway-routes-1";
  private static final int FILE_LIMIT = 4096;
  private static final int DIGEST_SIZE = 16;

  /** The same route need not be written down more often. */
  private static final Duration PAUSE = Duration.ofMinutes(10);

  private final Path file;
  private final Object writing = new Object();

  /** By the digest of the route. */
  private final Map<Bytes, Instant> worked;

  private Bytes last = Bytes.EMPTY;
  private Instant lastWritten = Instant.EPOCH;

  private RouteMemory(Path file, Map<Bytes, Instant> worked) {
    this.file = file;
    this.worked = new HashMap<>(worked);
  }

  /** What {@code file} holds, if it is there and of any use. Blocks. */
  public static RouteMemory load(Path file, Instant now) {
    try {
      Map<Bytes, Instant> read = read(file);
      Map<Bytes, Instant> fresh = fresh(read, now);
      if (fresh.isEmpty() && !read.isEmpty()) {
        log.info("{} is too old to say how freddie is reached", file);
      }
      return new RouteMemory(file, fresh);
    } catch (NoSuchFileException first) {
      return new RouteMemory(file, Map.of());
    } catch (IOException | MalformedBytesException useless) {
      log.warn(
          "{} does not say how freddie is reached, and is ignored: {}", file, useless.getMessage());
      return new RouteMemory(file, Map.of());
    }
  }

  /** The index of the route that worked latest; 0 when none did. */
  public int best(List<Route> routes) {
    int best = 0;
    Instant latest = Instant.MIN;
    for (int i = 0; i < routes.size(); i++) {
      Instant when = worked.getOrDefault(digest(routes.get(i)), Instant.MIN);
      if (when.isAfter(latest)) {
        best = i;
        latest = when;
      }
    }
    return best;
  }

  /** {@code route} works; written down on a thread beside the loop. */
  public void worked(Route route, Instant now) {
    Bytes digest = digest(route);
    worked.put(digest, now);
    if (!digest.equals(last) || lastWritten.plus(PAUSE).isBefore(now)) {
      last = digest;
      lastWritten = now;
      BackgroundThread.start("route-memory", () -> write(digest, now));
    }
  }

  private void write(Bytes digest, Instant now) {
    synchronized (writing) {
      Map<Bytes, Instant> all = new HashMap<>();
      try {
        all.putAll(fresh(read(file), now));
      } catch (IOException | MalformedBytesException useless) {
        // Then there is nothing to keep of it.
      }
      all.put(digest, now);
      String text =
          all.entrySet().stream()
              .sorted(Map.Entry.<Bytes, Instant>comparingByValue(Comparator.reverseOrder()))
              .limit(MOST)
              .map(each -> each.getKey().hex() + " " + each.getValue().getEpochSecond() + "\n")
              .collect(Collectors.joining("", HEAD + "\n", ""));
      try {
        DurableFile.replace(file, text.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException refused) {
        log.debug("how freddie is reached is not remembered: {}", refused.getMessage());
      }
    }
  }

  private static Map<Bytes, Instant> fresh(Map<Bytes, Instant> read, Instant now) {
    Map<Bytes, Instant> fresh = new HashMap<>(read);
    // What worked tomorrow was written down by a wrong clock.
    fresh.values().removeIf(when -> when.isBefore(now.minus(KEPT)) || when.isAfter(now.plus(KEPT)));
    return fresh;
  }

  private static Map<Bytes, Instant> read(Path file) throws IOException, MalformedBytesException {
    try (InputStream in = NamedFile.open(file)) {
      return parse(new String(in.readNBytes(FILE_LIMIT + 1), StandardCharsets.ISO_8859_1));
    }
  }

  static Map<Bytes, Instant> parse(String text) throws MalformedBytesException {
    String[] lines = text.split("\n", -1);
    if (text.length() > FILE_LIMIT
        || !lines[0].equals(HEAD)
        || !lines[lines.length - 1].isEmpty()) {
      throw new MalformedBytesException("it is damaged");
    }
    Map<Bytes, Instant> read = new HashMap<>();
    for (int i = 1; i < lines.length - 1; i++) {
      if (!lines[i].matches("[0-9a-f]{32} [0-9]{1,11}")) {
        throw new MalformedBytesException("it is damaged in line " + (i + 1));
      }
      read.put(
          Bytes.ofHex(lines[i].substring(0, 2 * DIGEST_SIZE)),
          Instant.ofEpochSecond(Long.parseLong(lines[i].substring(2 * DIGEST_SIZE + 1))));
    }
    return read;
  }

  /** By another proxy it is another route. */
  private static Bytes digest(Route route) {
    String by = route.upstream().map(Upstream::toString).orElse("");
    return Bytes.ofUtf8("tollway-route " + route.name() + " " + by).sha256().slice(0, DIGEST_SIZE);
  }
}
