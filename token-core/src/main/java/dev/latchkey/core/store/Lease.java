package dev.latchkey.core.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which nobody waits for an answer for longer than a limit, also where a server's
 * pool sets none, and which is given back with the limit that it had. For one thread.
 */
final class Lease implements AutoCloseable {

  private static final int AS_THE_SERVER_SETS_IT = -1;

  private final Connection connection;
  private final int limitBefore;
  private final @Nullable String schemaBefore;

  private Lease(Connection connection, int limitBefore, @Nullable String schemaBefore) {
    this.connection = connection;
    this.limitBefore = limitBefore;
    this.schemaBefore = schemaBefore;
  }

  /**
   * A connection, to be closed by the caller.
   *
   * @param schema where its unqualified names are; null for where the connection says
   * @throws SQLException when there is none
   */
  static Lease of(DataSource dataSource, int limitMillis, @Nullable String schema)
      throws SQLException {
    Connection connection = dataSource.getConnection();
    try {
      return new Lease(
          connection, limit(connection, limitMillis), schemaBefore(connection, schema));
    } catch (SQLException | RuntimeException | Error broken) {
      try (connection) {
        throw broken;
      }
    }
  }

  Connection connection() {
    return connection;
  }

  private static int limit(Connection connection, int millis) throws SQLException {
    try {
      int before = connection.getNetworkTimeout();
      // Not a query timeout: that is a statement of its own on H2, and a timer on PostgreSQL.
      connection.setNetworkTimeout(Runnable::run, millis);
      return before;
    } catch (SQLException failed) {
      if (unsupported(failed)) {
        return AS_THE_SERVER_SETS_IT;
      }
      throw failed;
    }
  }

  private static @Nullable String schemaBefore(Connection connection, @Nullable String schema)
      throws SQLException {
    if (schema == null) {
      return null;
    }
    String before = connection.getSchema();
    connection.setSchema(schema);
    return before;
  }

  private static boolean unsupported(SQLException failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLFeatureNotSupportedException) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      restore();
    }
  }

  private void restore() {
    if (schemaBefore != null) {
      try {
        connection.setSchema(schemaBefore);
      } catch (SQLException broken) {
        // The pool finds out; what was done with it is done.
      }
    }
    if (limitBefore != AS_THE_SERVER_SETS_IT) {
      try {
        connection.setNetworkTimeout(Runnable::run, limitBefore);
      } catch (SQLException broken) {
        // The pool finds out; what was done with it is done.
      }
    }
  }
}
