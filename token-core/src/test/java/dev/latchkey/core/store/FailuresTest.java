package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.PersistenceException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the codes of each driver mean (issue 15.7 and 15.9). */
class FailuresTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "H2: connection broken, 90067, 90067",
    "H2: database closed, 90121, 90121",
    "H2: closed at shutdown, 90098, 90098",
    "PostgreSQL: terminated by an administrator, 57P01, 0",
    "PostgreSQL: crash shutdown, 57P02, 0",
    "PostgreSQL: starting up, 57P03, 0",
    "PostgreSQL: connection failure, 08006, 0",
    "MariaDB: connection killed, 70100, 1927",
    "MariaDB: shutdown, 08S01, 1053",
    "MariaDB: disconnected for inactivity, HY000, 4031"
  })
  void knowsABrokenConnection(String what, String state, int code) {
    assertThat(Failures.broken(new PersistenceException(new SQLException(what, state, code))))
        .isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "PostgreSQL: serialization failure, 40001, 0",
    "PostgreSQL: deadlock, 40P01, 0",
    "MariaDB: deadlock, 40001, 1213",
    "H2: deadlock, 40001, 40001"
  })
  void knowsAConflict(String what, String state, int code) {
    assertThat(Failures.conflict(new PersistenceException(new SQLException(what, state, code))))
        .isTrue();
    assertThat(Failures.broken(new SQLException(what, state, code))).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a unique key, 23505, 23505",
    "a syntax error, 42601, 0",
    "wrong password, 28000, 28000",
    "no state, , 0"
  })
  void takesNothingElseForOne(String what, String state, int code) {
    SQLException failed = new SQLException(what, state, code);

    assertThat(Failures.broken(failed)).isFalse();
    assertThat(Failures.conflict(failed)).isFalse();
  }

  @Test
  void looksBehindTheFirstException() {
    BatchUpdateException batch = new BatchUpdateException();
    batch.setNextException(new SQLException("deadlock", "40P01"));

    assertThat(Failures.conflict(batch)).isTrue();
  }
}
