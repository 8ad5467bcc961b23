package dev.latchkey.nodes;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database server that nodes share. */
interface Backend extends AutoCloseable {

  int port();

  /** As a node takes it. */
  String url(int throughPort);

  /** Whom nodes sign in as, without a password. */
  String user();

  /** A new wire to it; null where none understands what it says. */
  @Nullable Wire wire();

  /** A connection of the superuser, for whom some are always left. */
  Connection connect() throws SQLException;

  /** {@code kill -9} of all of its processes. */
  void isKilled() throws IOException;

  /** Returns when it takes connections. */
  void isStartedAgain() throws IOException;

  @Override
  void close() throws IOException;

  default void execute(String... statements) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException failed) {
      throw new AssertionError(String.join("; ", statements), failed);
    }
  }

  /** The first column of what a query answers, as text. */
  default List<String> column(String query) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException failed) {
      throw new AssertionError(query, failed);
    }
  }
}
