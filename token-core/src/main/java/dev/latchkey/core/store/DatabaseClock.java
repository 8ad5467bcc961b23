package dev.latchkey.core.store;

import jakarta.persistence.EntityManager;
import java.time.Instant;
import org.hibernate.dialect.MySQLDialect;
import org.hibernate.engine.spi.SessionFactoryImplementor;

/** The clock that all nodes of a database can be compared by. */
public final class DatabaseClock {

  private DatabaseClock() {}

  /**
   * What time it is at the database, when it answers.
   *
   * @throws jakarta.persistence.PersistenceException when it does not answer
   */
  public static Instant now(EntityManager em) {
    Number seconds = (Number) em.createNativeQuery(question(em)).getSingleResult();
    return Instant.ofEpochMilli(Math.round(seconds.doubleValue() * 1000));
  }

  // Counted from 1970 over there, so that no time zone of a session or a driver matters.
  private static String question(EntityManager em) {
    boolean mariaDb =
        em.getEntityManagerFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getJdbcServices()
                .getDialect()
            instanceof MySQLDialect;
    return mariaDb
        ? "select timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) / 1000000"
        : "select extract(epoch from current_timestamp)";
  }
}
