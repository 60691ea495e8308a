// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import tollway.files.Directories;

/**
 * The database file of a node. What a method has done when it returns is on the disk, whole or not
 * at all. Calls block: make them on an {@code os} loop, or at the start. Any thread, one at a time.
 */
public final class NodeStore implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(NodeStore.class);
  private static final int KEY_LIMIT = 256;
  private static final int VALUE_LIMIT = 4096;
  private static final int BUSY_MILLIS = 5000;

  private final Connection connection;
  private final Path file;
  private final UsageTable usage;
  private final ReceiptTable receipts;

  private NodeStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    usage = new UsageTable(connection);
    receipts = new ReceiptTable(connection);
  }

  /**
   * Opens {@code file} or makes it, mode 0600. A damaged one is moved aside, with a warning, and
   * begun anew; one that is not ours is a {@link StoreUnfitException}.
   */
  public static NodeStore open(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    create(absolute);
    try {
      return new NodeStore(absolute, connect(absolute, false));
    } catch (SQLException damaged) {
      if (!isDamage(damaged)) {
        throw failed(absolute, damaged);
      }
      log.warn(
          "{} is damaged: it is {} now, and begun anew: {}",
          absolute,
          moveAside(absolute),
          damaged.getMessage());
      create(absolute);
      try {
        return new NodeStore(absolute, connect(absolute, false));
      } catch (SQLException still) {
        throw failed(absolute, still);
      }
    }
  }

  /** One that forgets all when it is closed: better than none where nothing can be written. */
  public static NodeStore inMemory() throws IOException {
    Path none = Path.of(":memory:");
    try {
      return new NodeStore(none, connect(none, false));
    } catch (SQLException refused) {
      throw failed(none, refused);
    }
  }

  /** To look at only; empty when there is no such file. A damaged one is an error here. */
  public static Optional<NodeStore> look(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (!Files.isReadable(file)) {
      throw new AccessDeniedException(file.toString());
    }
    try {
      return Optional.of(new NodeStore(file, connect(file, true)));
    } catch (SQLException refused) {
      throw failed(file, refused);
    }
  }

  private static void create(Path file) throws IOException {
    try {
      Path parent = file.getParent();
      if (parent != null) {
        Directories.make(parent);
      }
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (FileAlreadyExistsException exists) {
      if (!Files.isRegularFile(file)) {
        throw new StoreUnfitException(file + " is not a file that can hold a database");
      }
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static Connection connect(Path file, boolean readOnly) throws SQLException, IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setBusyTimeout(BUSY_MILLIS);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try {
      checkOwner(file, connection, readOnly);
      if (!readOnly) {
        pragma(connection, "journal_mode = WAL");
        pragma(connection, "synchronous = FULL");
        checkWhole(connection);
        Schema.migrate(connection);
      }
      return connection;
    } catch (SQLException | IOException refused) {
      connection.close();
      throw refused;
    }
  }

  /** Nothing of another program's file is touched. */
  private static void checkOwner(Path file, Connection connection, boolean readOnly)
      throws SQLException, IOException {
    int application = Schema.number(connection, "application_id");
    int version = Schema.number(connection, "user_version");
    int tables = Schema.number(connection, "schema_version");
    boolean fresh = application == 0 && version == 0 && tables == 0;
    if (application != Schema.APPLICATION && !fresh) {
      throw new StoreUnfitException(file + " is a database of another program");
    }
    if (version > Schema.VERSION || (readOnly && version < Schema.VERSION)) {
      throw new StoreUnfitException(
          "%s is of version %d, and this scrooge reads %d"
              .formatted(file, version, Schema.VERSION));
    }
  }

  private static void pragma(Connection connection, String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA " + text);
    }
  }

  private static void checkWhole(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
      String found = row.next() ? row.getString(1) : "no answer";
      if (!"ok".equals(found)) {
        throw new SQLiteException(found.replace('\n', ' '), SQLiteErrorCode.SQLITE_CORRUPT);
      }
    }
  }

  private static boolean isDamage(SQLException refused) {
    int code = refused.getErrorCode() & 0xff; // The rest of an extended code says more precisely.
    return code == SQLiteErrorCode.SQLITE_CORRUPT.code
        || code == SQLiteErrorCode.SQLITE_NOTADB.code;
  }

  private static Path moveAside(Path file) throws IOException {
    Path aside =
        file.resolveSibling(file.getFileName() + ".damaged-" + Instant.now().getEpochSecond());
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    for (String suffix : List.of("-wal", "-shm")) {
      try {
        Files.move(
            file.resolveSibling(file.getFileName() + suffix),
            aside.resolveSibling(aside.getFileName() + suffix),
            StandardCopyOption.REPLACE_EXISTING);
      } catch (NoSuchFileException none) {
        log.debug("there is no {}{}", file, suffix);
      }
    }
    return aside;
  }

  private static IOException failed(Path file, SQLException refused) {
    return new IOException("cannot use " + file + ": " + refused.getMessage(), refused);
  }

  /** What {@link #set} has kept under {@code kind}: by key, in the order of keys. */
  public synchronized Map<String, String> settings(String kind) throws IOException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT key, value FROM setting WHERE kind = ? ORDER BY key")) {
      select.setString(1, kind);
      Map<String, String> found = new LinkedHashMap<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getString(1), rows.getString(2));
        }
      }
      return found;
    } catch (SQLException refused) {
      throw failed(file, refused);
    }
  }

  /** Keeps {@code value} under {@code kind} and {@code key}; an empty one forgets it. */
  public synchronized void set(String kind, String key, Optional<String> value) throws IOException {
    if (kind.length() > KEY_LIMIT
        || key.length() > KEY_LIMIT
        || value.map(String::length).orElse(0) > VALUE_LIMIT) {
      throw new IllegalArgumentException("too long for a setting: " + kind);
    }
    String text =
        value.isEmpty()
            ? "DELETE FROM setting WHERE kind = ? AND key = ?"
            : "INSERT INTO setting VALUES (?, ?, ?)"
                + " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value";
    try (PreparedStatement change = connection.prepareStatement(text)) {
      change.setString(1, kind);
      change.setString(2, key);
      if (value.isPresent()) {
        change.setString(3, value.get());
      }
      change.executeUpdate();
    } catch (SQLException refused) {
      throw failed(file, refused);
    }
  }

  /** Keeps {@code all} under {@code kind}, and nothing else, in one step. */
  public synchronized void replace(String kind, Map<String, String> all) throws IOException {
    transact(
        () -> {
          try (PreparedStatement clear =
                  connection.prepareStatement("DELETE FROM setting WHERE kind = ?");
              PreparedStatement insert =
                  connection.prepareStatement("INSERT INTO setting VALUES (?, ?, ?)")) {
            clear.setString(1, kind);
            clear.executeUpdate();
            insert.setString(1, kind);
            for (Map.Entry<String, String> each : all.entrySet()) {
              insert.setString(2, each.getKey());
              insert.setString(3, each.getValue());
              insert.executeUpdate();
            }
          }
        });
  }

  /**
   * Adds to the usage of each neighbour what its counters have counted since the last time, all or
   * nothing. {@code epoch} is what the ids of all the counters there are begin with.
   */
  public synchronized void count(Instant now, String epoch, List<Reading> readings)
      throws IOException {
    transact(() -> usage.count(now, epoch, readings));
  }

  /**
   * The same for what went through tunnels, encryption included; {@code from} is what was received.
   * {@code readings} are of all the tunnels there are.
   */
  public synchronized void carry(List<Reading> readings) throws IOException {
    transact(() -> usage.carry(readings));
  }

  /** All that was forwarded from and for {@code neighbor}. */
  public synchronized Totals forwarded(String neighbor) throws IOException {
    return get(() -> usage.totals("sum(in_bytes), sum(out_bytes) FROM usage", neighbor));
  }

  /** All that was received from and sent to {@code neighbor} through tunnels. */
  public synchronized Totals carried(String neighbor) throws IOException {
    return get(() -> usage.totals("received, sent FROM carried", neighbor));
  }

  /** All that we have claimed to have forwarded from and for {@code neighbor}. */
  public synchronized Totals claimed(String neighbor) throws IOException {
    return get(() -> usage.totals("from_bytes, for_bytes FROM claimed", neighbor));
  }

  /** Keeps a claim of ours, which adds to what was claimed. */
  public synchronized void claim(Receipt receipt) throws IOException {
    transact(
        () -> {
          receipts.keep(receipt);
          usage.claim(receipt.neighbor(), receipt.fromBytes(), receipt.forBytes());
        });
  }

  /** Keeps an answer, or a claim about us with its answer. */
  public synchronized void keep(Receipt receipt) throws IOException {
    transact(() -> receipts.keep(receipt));
  }

  /** The latest receipts of {@code issuer} about {@code neighbor}, the latest first. */
  public synchronized List<Receipt> receipts(String issuer, String neighbor, int limit)
      throws IOException {
    return get(() -> receipts.latest(issuer, neighbor, limit));
  }

  /** One of them. */
  public synchronized Optional<Receipt> receipt(String issuer, String neighbor, long number)
      throws IOException {
    return get(() -> receipts.find(issuer, neighbor, number));
  }

  /** All receipts that ended since then, the latest last. */
  public synchronized List<Receipt> receipts(Instant since) throws IOException {
    return get(() -> receipts.since(since));
  }

  /** What neighbours used, by hour or by day (UTC), the latest last. */
  public synchronized List<Usage> usage(Instant since, boolean byDay) throws IOException {
    return get(() -> usage.since(since, byDay));
  }

  /** Hours long ago become days. */
  public synchronized void condense(Instant now) throws IOException {
    transact(() -> usage.condense(now));
  }

  /** Something that is done as a whole or not at all. */
  private interface Work {
    void run() throws SQLException;
  }

  /** A question. */
  private interface Question<T> {
    T ask() throws SQLException;
  }

  private <T> T get(Question<T> question) throws IOException {
    try {
      return question.ask();
    } catch (SQLException refused) {
      throw failed(file, refused);
    }
  }

  private void transact(Work work) throws IOException {
    try {
      connection.setAutoCommit(false);
      try {
        work.run();
        connection.commit();
      } catch (SQLException refused) {
        connection.rollback();
        throw refused;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException refused) {
      throw failed(file, refused);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException refused) {
      throw failed(file, refused);
    }
  }
}
