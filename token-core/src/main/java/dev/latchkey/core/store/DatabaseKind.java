package dev.latchkey.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The databases that Latchkey knows. Asked once, when a database is opened. */
public enum DatabaseKind {
  /** On one machine. */
  H2,
  /** For several nodes, woken by NOTIFY. */
  POSTGRESQL,
  /** For several nodes, which poll. */
  MARIADB;

  /**
   * The kind of the database behind a connection.
   *
   * @throws SQLException when it does not answer
   * @throws StoreUnavailableException when it is another one
   */
  static DatabaseKind of(Connection connection) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    for (DatabaseKind kind : values()) {
      if (kind.name().equals(product.toUpperCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw new StoreUnavailableException(
        product + " is not a database that Latchkey knows: use PostgreSQL, MariaDB or H2");
  }
}
