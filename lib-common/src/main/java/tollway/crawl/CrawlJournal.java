// SPDX-License-Identifier: Apache-2.0
package tollway.crawl;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tollway.bytes.Bytes;
import tollway.bytes.MalformedBytesException;
import tollway.files.Directories;

/**
 * How far a crawl came, so that it goes on from there after any end: a file of JSON lines to which
 * is only added. The first line says which crawl it is; then come hits and positions. A torn last
 * line, as a power cut leaves it, is cut off. One process at a time; for one thread.
 */
public final class CrawlJournal implements Closeable {
  public static final int KEY_BYTES = 16;

  /** So many answers come from no ordinary ranges: somebody plays tricks, or they are too wide. */
  public static final int MOST_HITS = 100_000;

  private static final String CRAWL = "crawl";
  private static final long LONGEST = 64 << 20;

  private final Path file;
  private final FileChannel channel;
  private final Set<Long> hits = new LinkedHashSet<>();
  private byte[] key = new byte[KEY_BYTES];
  private long done;
  private boolean resumed;
  private boolean begun;
  private boolean deleted;

  private CrawlJournal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Goes on with the crawl in {@code file} when it is the one of {@code plan}, else begins it.
   *
   * @param plan tells this crawl from others: what is asked where
   */
  public static CrawlJournal open(Path file, String plan) throws IOException {
    CrawlJournal journal = locked(file);
    try {
      journal.refuseStrangers();
      if (!journal.read(plan)) {
        journal.begin(plan);
      }
      journal.begun = true;
      return journal;
    } catch (IOException | RuntimeException failed) {
      journal.channel.close();
      throw failed;
    }
  }

  /** Keeps other crawls away from {@code file}, and leaves it as it is. */
  public static Closeable reserve(Path file) throws IOException {
    return locked(file);
  }

  private static CrawlJournal locked(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null) {
      Directories.make(directory);
    }
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    CrawlJournal journal = new CrawlJournal(file, channel);
    try {
      journal.lock();
      return journal;
    } catch (IOException | RuntimeException failed) {
      channel.close();
      throw failed;
    }
  }

  private void lock() throws IOException {
    @Nullable Object lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException("another crawl is at work: it holds '" + file + "'");
    }
  }

  /** Whatever else somebody named by mistake is not overwritten. */
  private void refuseStrangers() throws IOException {
    byte[] beginning = ("{\"" + CRAWL + "\":\"").getBytes(StandardCharsets.UTF_8);
    ByteBuffer found = ByteBuffer.allocate(beginning.length);
    channel.read(found, 0);
    // A power cut may have torn the first line itself.
    if (!ByteBuffer.wrap(beginning, 0, found.position()).equals(found.flip())) {
      throw new IOException("'" + file + "' holds something else than how far a crawl came");
    }
  }

  private void begin(String plan) throws IOException {
    hits.clear();
    done = 0;
    new SecureRandom().nextBytes(key);
    channel.truncate(0);
    JsonObject first = new JsonObject();
    first.addProperty(CRAWL, plan);
    first.addProperty("key", Bytes.of(key).hex());
    try {
      append(first);
      channel.force(true);
    } catch (IOException full) {
      delete();
      throw full;
    }
  }

  /** Whether the file is the journal of this plan. */
  private boolean read(String plan) throws IOException {
    if (channel.size() > LONGEST) {
      return false;
    }
    ByteBuffer all = ByteBuffer.allocate((int) channel.size());
    while (all.hasRemaining() && channel.read(all, all.position()) >= 0) {
      // Reads on.
    }
    byte[] bytes = all.array();
    int good = 0;
    boolean known = false;
    for (int end = lineEnd(bytes, 0); end >= 0; end = lineEnd(bytes, good)) {
      Optional<JsonObject> line =
          object(new String(bytes, good, end - good, StandardCharsets.UTF_8));
      if (line.isEmpty() || !(known ? take(line.get()) : isPlan(line.get(), plan))) {
        break;
      }
      known = true;
      good = end + 1;
    }
    if (known) {
      channel.truncate(good);
      channel.position(good);
      resumed = true;
    }
    return known;
  }

  private static int lineEnd(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private static Optional<JsonObject> object(String line) {
    try {
      return Optional.of(JsonParser.parseString(line).getAsJsonObject());
    } catch (JsonParseException | IllegalStateException torn) {
      return Optional.empty();
    }
  }

  private boolean isPlan(JsonObject line, String plan) {
    try {
      if (!line.get(CRAWL).getAsString().equals(plan)) {
        return false;
      }
      key = Bytes.ofHex(line.get("key").getAsString()).toArray();
      return key.length == KEY_BYTES;
    } catch (MalformedBytesException | RuntimeException other) {
      key = new byte[KEY_BYTES];
      return false;
    }
  }

  private boolean take(JsonObject line) {
    try {
      if (line.has("hit")) {
        hits.add(Ipv4Block.of(line.get("hit").getAsString()).first());
      } else {
        done = line.get("done").getAsLong();
      }
      return done >= 0 && hits.size() <= MOST_HITS;
    } catch (RuntimeException torn) {
      return false;
    }
  }

  /** Whether a crawl was there to go on with. */
  public boolean resumed() {
    return resumed;
  }

  /** Secret, and the same for as long as the crawl lasts. */
  public byte[] key() {
    return key.clone();
  }

  /** Addresses that need not be asked any more, in the crawl's order. */
  public long done() {
    return done;
  }

  /** Who answered so far. */
  public Set<Long> hits() {
    return Set.copyOf(hits);
  }

  /** Known hits are not written again. */
  public void hit(long address) throws IOException {
    if (hits.add(address)) {
      if (hits.size() > MOST_HITS) {
        throw new IOException("more than " + MOST_HITS + " hosts answer: give narrower ranges");
      }
      JsonObject line = new JsonObject();
      line.addProperty("hit", Ipv4Block.text(address));
      append(line);
    }
  }

  /** Written when it changed. */
  public void done(long now) throws IOException {
    if (now > done) {
      done = now;
      append(position(done));
    }
  }

  /** Those from {@code position} on are asked once more. */
  public void again(long position) throws IOException {
    if (position < done) {
      done = position;
      append(position(done));
    }
  }

  private static JsonObject position(long done) {
    JsonObject line = new JsonObject();
    line.addProperty("done", done);
    return line;
  }

  private void append(JsonObject line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException refused) {
      throw new IOException("cannot write " + file + ": " + refused.getMessage(), refused);
    }
  }

  /** The crawl is over: the next one begins anew. */
  public void delete() throws IOException {
    deleted = true;
    Files.deleteIfExists(file);
  }

  /** One that says nothing is not left behind. */
  @Override
  public void close() throws IOException {
    boolean silent = begun ? done == 0 && hits.isEmpty() : channel.size() == 0;
    if (silent && !deleted) {
      delete();
    }
    channel.close();
  }
}
