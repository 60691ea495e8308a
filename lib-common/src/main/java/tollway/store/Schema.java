// SPDX-License-Identifier: Apache-2.0
package tollway.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables, and how an older file becomes one of today. */
final class Schema {
  /** "Toll": whose file it is. */
  static final int APPLICATION = 0x546f6c6c;

  /** Each entry makes version n of n-1; entries are never changed once published. */
  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE setting (
            kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (kind, key)) WITHOUT ROWID;
          CREATE TABLE mark (
            counter TEXT PRIMARY KEY, packets INTEGER NOT NULL, bytes INTEGER NOT NULL)
            WITHOUT ROWID;
          CREATE TABLE usage (
            neighbor TEXT NOT NULL, hour INTEGER NOT NULL,
            in_packets INTEGER NOT NULL, in_bytes INTEGER NOT NULL,
            out_packets INTEGER NOT NULL, out_bytes INTEGER NOT NULL,
            PRIMARY KEY (neighbor, hour)) WITHOUT ROWID;
          """,
          """
          CREATE TABLE receipt (
            issuer TEXT NOT NULL, neighbor TEXT NOT NULL, number INTEGER NOT NULL,
            start INTEGER NOT NULL, end INTEGER NOT NULL,
            from_bytes INTEGER NOT NULL, for_bytes INTEGER NOT NULL,
            claim TEXT NOT NULL, answer TEXT, verdict TEXT NOT NULL,
            sent INTEGER NOT NULL, received INTEGER NOT NULL,
            PRIMARY KEY (issuer, neighbor, number)) WITHOUT ROWID;
          CREATE TABLE claimed (
            neighbor TEXT PRIMARY KEY, from_bytes INTEGER NOT NULL, for_bytes INTEGER NOT NULL)
            WITHOUT ROWID;
          CREATE TABLE carried (
            neighbor TEXT PRIMARY KEY, sent INTEGER NOT NULL, received INTEGER NOT NULL)
            WITHOUT ROWID;
          """);

  static final int VERSION = STEPS.size();

  private Schema() {}

  static int number(Connection connection, String pragma) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA " + pragma)) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  /** In one transaction: a crash leaves the old version or the new one. */
  static void migrate(Connection connection) throws SQLException {
    int version = number(connection, "user_version");
    if (version == VERSION) {
      return;
    }
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      for (String step : STEPS.subList(version, VERSION)) {
        for (String each : step.split(";\n")) {
          statement.execute(each);
        }
      }
      statement.execute("PRAGMA application_id = " + APPLICATION);
      statement.execute("PRAGMA user_version = " + VERSION);
      connection.commit();
    } catch (SQLException refused) {
      connection.rollback();
      throw refused;
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
