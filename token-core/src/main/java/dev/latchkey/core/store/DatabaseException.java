package dev.latchkey.core.store;

import java.sql.SQLException;

/** The database did not answer, or refused a statement: nothing is known of what was asked. */
public class DatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseException(String message, SQLException cause) {
    super(message, cause);
  }

  /** There is no connection at all, so it would be in vain to ask again at once. */
  static final class NoConnectionException extends DatabaseException {

    private static final long serialVersionUID = 1L;

    NoConnectionException(SQLException unreachable) {
      super("the database does not answer", unreachable);
    }
  }
}
