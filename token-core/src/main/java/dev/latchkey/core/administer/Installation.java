package dev.latchkey.core.administer;

import dev.latchkey.core.store.Database;
import dev.latchkey.core.token.TagKeyRow;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** The rows that every installation has: the first tag key and the head of the audit trail. */
final class Installation {

  private static final int KEY_BYTES = 32;

  private Installation() {}

  /** Makes them when they are not there. Several processes may do so at once. */
  static void ensure(Database database, Clock clock, SecureRandom random) {
    try {
      database.transact(em -> made(em, clock, random));
    } catch (PersistenceException anotherWasQuicker) {
      database.transact(em -> made(em, clock, random));
    }
  }

  private static boolean made(EntityManager em, Clock clock, SecureRandom random) {
    boolean complete = true;
    if (TagKeyRow.stored(em).isEmpty()) {
      byte[] key = new byte[KEY_BYTES];
      random.nextBytes(key);
      em.persist(new TagKeyRow(1, key, clock.instant().truncatedTo(ChronoUnit.MILLIS)));
      complete = false;
    }
    if (em.find(AuditHead.class, AuditHead.ONLY) == null) {
      em.persist(new AuditHead());
      complete = false;
    }
    return complete;
  }
}
