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

  /** What marks of tunnels begin with. */
  private static final String TUNNEL = "tunnel ";

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
    if (!epoch.isEmpty()) {
      forgetAllBut(alive, false);
    }
  }

  void carry(List<Reading> readings) throws SQLException {
    Set<String> alive = new HashSet<>();
    for (Reading each : readings) {
      String counter = TUNNEL + each.counter();
      alive.add(counter);
      Reading fresh =
          since(new Reading(each.neighbor(), counter, each.from(), each.packets(), each.bytes()));
      sum(
          "carried (neighbor, received, sent)",
          each.neighbor(),
          each.from() ? fresh.bytes() : 0,
          each.from() ? 0 : fresh.bytes());
    }
    forgetAllBut(alive, true);
  }

  void claim(String neighbor, long fromBytes, long forBytes) throws SQLException {
    sum("claimed (neighbor, from_bytes, for_bytes)", neighbor, fromBytes, forBytes);
  }

  /** {@code table}: its name and its columns. */
  private void sum(String table, String neighbor, long first, long second) throws SQLException {
    if (first == 0 && second == 0) {
      return;
    }
    String[] columns = table.substring(table.indexOf('(') + 1, table.length() - 1).split(", ");
    try (PreparedStatement upsert =
        connection.prepareStatement(
            "INSERT INTO %1$s VALUES (?, ?, ?) ON CONFLICT (neighbor) DO UPDATE SET %2$s = %2$s + excluded.%2$s, %3$s = %3$s + excluded.%3$s"
                .formatted(table, columns[1], columns[2]))) {
      upsert.setString(1, neighbor);
      upsert.setLong(2, first);
      upsert.setLong(3, second);
      upsert.executeUpdate();
    }
  }

  Totals totals(String columns, String neighbor) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT " + columns + " WHERE neighbor = ?")) {
      select.setString(1, neighbor);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? new Totals(row.getLong(1), row.getLong(2)) : new Totals(0, 0);
      }
    }
  }

  private void add(long hour, Reading standing) throws SQLException {
    Reading reading = since(standing);
    if (reading.packets() > 0 || reading.bytes() > 0) {
      use(hour, reading);
    }
  }

  /** What is new about a counter; from now on it is not. */
  private Reading since(Reading reading) throws SQLException {
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
            return new Reading(reading.neighbor(), reading.counter(), reading.from(), 0, 0);
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
    return new Reading(reading.neighbor(), reading.counter(), reading.from(), packets, bytes);
  }

  private void use(long hour, Reading reading) throws SQLException {
    long packets = reading.packets();
    long bytes = reading.bytes();
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

  /** A counter that is not among those there are never comes back. */
  private void forgetAllBut(Set<String> alive, boolean tunnels) throws SQLException {
    List<String> dead = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement("SELECT counter FROM mark");
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        String counter = rows.getString(1);
        if (counter.startsWith(TUNNEL) == tunnels && !alive.contains(counter)) {
          dead.add(counter);
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
