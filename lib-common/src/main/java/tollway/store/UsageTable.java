// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Usage by neighbour and hour, and at what each counter stood when it was last added. Inside the
 * caller's transaction.
 */
final class UsageTable {
  private static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;
  private static final Duration HOURLY = Duration.ofDays(35);

  private final Connection connection;

  UsageTable(Connection connection) {
    this.connection = connection;
  }

  void count(Instant now, String epoch, List<Reading> readings) throws SQLException {
    long hour = Math.floorDiv(now.getEpochSecond(), HOUR) * HOUR;
    Set<String> alive = new HashSet<>();
    for (Reading reading : readings) {
      alive.add(reading.counter());
      add(hour, reading);
    }
    forgetAllBut(alive, epoch);
  }

  private void add(long hour, Reading reading) throws SQLException {
    long packets = reading.packets();
    long bytes = reading.bytes();
    try (PreparedStatement select =
        connection.prepareStatement("SELECT packets, bytes FROM mark WHERE counter = ?")) {
      select.setString(1, reading.counter());
      try (ResultSet row = select.executeQuery()) {
        // A counter below its mark was set back by somebody: all it shows is new.
        if (row.next() && row.getLong(1) <= packets && row.getLong(2) <= bytes) {
          packets -= row.getLong(1);
          bytes -= row.getLong(2);
          if (packets == 0 && bytes == 0) {
            return;
          }
        }
      }
    }
    try (PreparedStatement mark =
        connection.prepareStatement("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)")) {
      mark.setString(1, reading.counter());
      mark.setLong(2, reading.packets());
      mark.setLong(3, reading.bytes());
      mark.executeUpdate();
    }
    if (packets == 0 && bytes == 0) {
      return;
    }
    try (PreparedStatement upsert =
        connection.prepareStatement(
            """
            INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (neighbor, hour) DO UPDATE SET
              in_packets = in_packets + excluded.in_packets,
              in_bytes = in_bytes + excluded.in_bytes,
              out_packets = out_packets + excluded.out_packets,
              out_bytes = out_bytes + excluded.out_bytes
            """)) {
      upsert.setString(1, reading.neighbor());
      upsert.setLong(2, hour);
      upsert.setLong(3, reading.from() ? packets : 0);
      upsert.setLong(4, reading.from() ? bytes : 0);
      upsert.setLong(5, reading.from() ? 0 : packets);
      upsert.setLong(6, reading.from() ? 0 : bytes);
      upsert.executeUpdate();
    }
  }

  /** A counter that is not among those of its own epoch, or of another epoch, never comes back. */
  private void forgetAllBut(Set<String> alive, String epoch) throws SQLException {
    if (epoch.isEmpty()) {
      return;
    }
    List<String> dead = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement("SELECT counter FROM mark");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        if (!alive.contains(rows.getString(1))) {
          dead.add(rows.getString(1));
        }
      }
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM mark WHERE counter = ?")) {
      for (String each : dead) {
        delete.setString(1, each);
        delete.executeUpdate();
      }
    }
  }

  List<Usage> since(Instant since, boolean byDay) throws SQLException {
    long unit = byDay ? DAY : HOUR;
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            SELECT neighbor, hour / ?1 * ?1 AS start, sum(in_packets), sum(in_bytes),
              sum(out_packets), sum(out_bytes)
            FROM usage WHERE hour >= ?2 / ?1 * ?1 GROUP BY neighbor, start ORDER BY start, neighbor
            """)) {
      select.setLong(1, unit);
      select.setLong(2, Math.max(0, since.getEpochSecond()));
      List<Usage> found = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(
              new Usage(
                  row.getString(1),
                  Instant.ofEpochSecond(row.getLong(2)),
                  row.getLong(3),
                  row.getLong(4),
                  row.getLong(5),
                  row.getLong(6)));
        }
      }
      return found;
    }
  }

  void condense(Instant now) throws SQLException {
    long limit = Math.floorDiv(now.minus(HOURLY).getEpochSecond(), DAY) * DAY;
    try (PreparedStatement merge =
            connection.prepareStatement(
                """
                INSERT INTO usage SELECT neighbor, hour / 86400 * 86400, sum(in_packets),
                  sum(in_bytes), sum(out_packets), sum(out_bytes)
                FROM usage WHERE hour < ?1 AND hour % 86400 > 0 GROUP BY 1, 2
                ON CONFLICT (neighbor, hour) DO UPDATE SET
                  in_packets = in_packets + excluded.in_packets,
                  in_bytes = in_bytes + excluded.in_bytes,
                  out_packets = out_packets + excluded.out_packets,
                  out_bytes = out_bytes + excluded.out_bytes
                """);
        PreparedStatement delete =
            connection.prepareStatement("DELETE FROM usage WHERE hour < ?1 AND hour % 86400 > 0")) {
      merge.setLong(1, limit);
      merge.executeUpdate();
      delete.setLong(1, limit);
      delete.executeUpdate();
    }
  }
}
