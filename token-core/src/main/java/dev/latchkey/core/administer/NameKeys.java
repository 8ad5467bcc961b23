package dev.latchkey.core.administer;

import dev.latchkey.core.store.Database;
import dev.latchkey.core.thirdparty.NameKey;
import jakarta.persistence.EntityManager;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Recomputes the keys of names that an older version of Latchkey has written, once in the life of
 * the tables. Of third parties whose names are now the same the oldest gets the key; each of the
 * others gets it with its id behind it, and works as before under its name.
 */
final class NameKeys {

  private static final Logger LOG = System.getLogger(NameKeys.class.getName());

  // The form of the keys that NameKey computes; another one makes the next start recompute them.
  private static final int FORM = 1;

  // No name has a control character, so that no name gets such a key.
  private static final char BEHIND_KEY = '\u0001';
  private static final int LONGEST_KEY = 600;

  private NameKeys() {}

  /** Recomputes the keys when they are of another form. Several processes may do so at once. */
  static void renew(Database database) {
    database.<Boolean>transact(
        em -> {
          Object form =
              em.createNativeQuery("select name_keys from schema_info for update")
                  .getSingleResult();
          if (((Number) form).intValue() == FORM) {
            return false;
          }
          write(em, changed(em));
          em.createNativeQuery("update schema_info set name_keys = " + FORM).executeUpdate();
          return true;
        });
  }

  private static Map<String, String> changed(EntityManager em) {
    List<Object[]> rows =
        em.createQuery(
                "select p.id, p.name, p.nameKey from ThirdParty p order by p.createdAt, p.id",
                Object[].class)
            .getResultList();
    Map<String, String> owners = new LinkedHashMap<>();
    Map<String, String> changed = new LinkedHashMap<>();
    for (Object[] row : rows) {
      String id = (String) row[0];
      String key = NameKey.of((String) row[1]);
      String owner = owners.putIfAbsent(key, id);
      if (owner != null || key.isEmpty() || key.length() > LONGEST_KEY) {
        String behind = BEHIND_KEY + id;
        key = key.substring(0, Math.min(key.length(), LONGEST_KEY - behind.length())) + behind;
      }
      if (owner != null) {
        LOG.log(
            Level.WARNING,
            "the names of the third parties "
                + owner
                + " and "
                + id
                + " look the same: rename one of them");
      }
      if (!key.equals(row[2])) {
        changed.put(id, key);
      }
    }
    return changed;
  }

  // First out of the way: a new key may be the old one of a third party that gets another.
  private static void write(EntityManager em, Map<String, String> changed) {
    changed.keySet().forEach(id -> write(em, id, BEHIND_KEY + id));
    changed.forEach((id, key) -> write(em, id, key));
  }

  private static void write(EntityManager em, String id, String key) {
    em.createQuery("update ThirdParty p set p.nameKey = :key where p.id = :id")
        .setParameter("key", key)
        .setParameter("id", id)
        .executeUpdate();
  }
}
