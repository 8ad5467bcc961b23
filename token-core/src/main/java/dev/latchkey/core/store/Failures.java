package dev.latchkey.core.store;

import java.sql.SQLException;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a failure of the database means, by the codes of each driver: whether the connection is gone
 * and whether the same work may succeed when it is done again.
 */
final class Failures {

  /** SQLSTATE class 08 is "connection exception" (ISO/IEC 9075-2). */
  private static final String CONNECTION_CLASS = "08";

  private static final Set<String> BROKEN_STATES =
      Set.of(
          // PostgreSQL: terminated by an administrator, crash shutdown, cannot connect now,
          // terminated while idle in a transaction, database dropped
          "57P01", "57P02", "57P03", "25P03", "57P04");

  private static final Set<Integer> BROKEN_CODES =
      Set.of(
          // H2: connection broken, database closed, closed at shutdown, object closed
          90067,
          90121,
          90098,
          90007,
          // MariaDB: server shuts down, connection killed, disconnected for inactivity, and what
          // its client library says of a server that has gone
          1053,
          1927,
          4031,
          2006,
          2013);

  private static final Set<String> CONFLICT_STATES =
      Set.of(
          // serialization failure, PostgreSQL: deadlock
          "40001", "40P01");

  private static final Set<Integer> CONFLICT_CODES =
      Set.of(
          // MariaDB: deadlock, record has changed since it was read
          1213, 1020,
          // H2: deadlock, concurrent update
          40001, 90131);

  private Failures() {}

  /** Whether the connection, and maybe all that were opened with it, can't be used any more. */
  static boolean broken(@Nullable Throwable failed) {
    return any(failed, Failures::isBroken);
  }

  static boolean isBroken(SQLException failed) {
    String state = failed.getSQLState();
    return state != null && (state.startsWith(CONNECTION_CLASS) || BROKEN_STATES.contains(state))
        || BROKEN_CODES.contains(failed.getErrorCode());
  }

  /** Whether another transaction got in the way: this one was rolled back and may be repeated. */
  static boolean conflict(@Nullable Throwable failed) {
    return any(
        failed,
        sql ->
            CONFLICT_STATES.contains(String.valueOf(sql.getSQLState()))
                || CONFLICT_CODES.contains(sql.getErrorCode()));
  }

  private static boolean any(@Nullable Throwable failed, Predicate<SQLException> matches) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      for (Throwable next = cause;
          next instanceof SQLException sql;
          next = sql.getNextException()) {
        if (matches.test(sql)) {
          return true;
        }
      }
    }
    return false;
  }
}
