// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Receipts, ours and those about us. Inside the caller's transaction. */
final class ReceiptTable {
  /** Of one issuer about one neighbour; at one in ten minutes a month and more. */
  private static final int KEPT = 5000;

  private static final String COLUMNS =
      "issuer, neighbor, number, start, end, from_bytes, for_bytes, claim, answer, verdict, sent,"
          + " received";

  private final Connection connection;

  ReceiptTable(Connection connection) {
    this.connection = connection;
  }

  void keep(Receipt receipt) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO receipt ("
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, receipt.issuer());
      insert.setString(2, receipt.neighbor());
      insert.setLong(3, receipt.number());
      insert.setLong(4, receipt.start());
      insert.setLong(5, receipt.end());
      insert.setLong(6, receipt.fromBytes());
      insert.setLong(7, receipt.forBytes());
      insert.setString(8, receipt.claim());
      insert.setString(9, receipt.answer().orElse(null));
      insert.setString(10, receipt.verdict());
      insert.setLong(11, receipt.sent());
      insert.setLong(12, receipt.received());
      insert.executeUpdate();
    }
    try (PreparedStatement forget =
        connection.prepareStatement(
            "DELETE FROM receipt WHERE issuer = ?1 AND neighbor = ?2 AND number <= (SELECT number"
                + " FROM receipt WHERE issuer = ?1 AND neighbor = ?2"
                + " ORDER BY number DESC LIMIT 1 OFFSET ?3)")) {
      forget.setString(1, receipt.issuer());
      forget.setString(2, receipt.neighbor());
      forget.setInt(3, KEPT);
      forget.executeUpdate();
    }
  }

  /** The latest first, at most {@code limit}. */
  List<Receipt> latest(String issuer, String neighbor, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + COLUMNS
                + " FROM receipt WHERE issuer = ? AND neighbor = ? ORDER BY number DESC LIMIT ?")) {
      select.setString(1, issuer);
      select.setString(2, neighbor);
      select.setInt(3, limit);
      return read(select);
    }
  }

  Optional<Receipt> find(String issuer, String neighbor, long number) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + COLUMNS
                + " FROM receipt WHERE issuer = ? AND neighbor = ? AND number = ?")) {
      select.setString(1, issuer);
      select.setString(2, neighbor);
      select.setLong(3, number);
      return read(select).stream().findFirst();
    }
  }

  List<Receipt> since(Instant since) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT " + COLUMNS + " FROM receipt WHERE end >= ? ORDER BY end, issuer, number")) {
      select.setLong(1, since.getEpochSecond());
      return read(select);
    }
  }

  private static List<Receipt> read(PreparedStatement select) throws SQLException {
    List<Receipt> found = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        found.add(
            new Receipt(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getString(8),
                Optional.ofNullable(row.getString(9)),
                row.getString(10),
                row.getLong(11),
                row.getLong(12)));
      }
    }
    return found;
  }
}
