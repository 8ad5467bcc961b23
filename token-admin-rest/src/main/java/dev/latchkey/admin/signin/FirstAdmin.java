package dev.latchkey.admin.signin;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.HomeFolder;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.token.Base62;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Makes the first admin user of an installation. There is no default password: it is configured, or
 * generated into a file that only its owner can read, never into a log.
 */
public final class FirstAdmin {

  static final String NAME = "admin";
  static final String FILE = "initial-admin-password";

  private static final int GENERATED_LENGTH = 24;

  private FirstAdmin() {}

  /**
   * Refuses a configured password that is too short or too long.
   *
   * @throws InvalidConfigurationException when it is
   */
  public static void check(Settings settings) {
    settings
        .get(Key.ADMIN_PASSWORD)
        .filter(password -> !isAllowed(password))
        .ifPresent(
            password -> {
              throw new InvalidConfigurationException(
                  Key.ADMIN_PASSWORD
                      + " is not allowed; it takes "
                      + NewPassword.SHORTEST
                      + " to "
                      + NewPassword.LONGEST
                      + " characters, none of them a control character");
            });
  }

  private static boolean isAllowed(String password) {
    return OpaqueString.prepared(password)
        .filter(prepared -> OpaqueString.length(prepared) >= NewPassword.SHORTEST)
        .isPresent();
  }

  /** Makes the first user when there is none. Several processes may do so at once. */
  public static void ensure(
      Database database, Settings settings, Clock clock, SecureRandom random) {
    ensure(database, settings, clock, random, new PasswordHash(random, PasswordHash.ROUNDS));
  }

  static void ensure(
      Database database, Settings settings, Clock clock, SecureRandom random, PasswordHash hashes) {
    if (database.read(FirstAdmin::thereIsOne)) {
      return;
    }
    Optional<String> configured = settings.get(Key.ADMIN_PASSWORD).flatMap(OpaqueString::prepared);
    boolean generated = configured.isEmpty();
    String password = configured.orElseGet(() -> Base62.random(random, GENERATED_LENGTH));
    String hash = hashes.of(password);
    try {
      database.<Boolean>transact(
          em -> {
            if (!thereIsOne(em)) {
              em.persist(
                  new AdminUser(
                      NAME,
                      hash,
                      Role.ADMIN,
                      true,
                      clock.instant().truncatedTo(ChronoUnit.MILLIS)));
              // Whoever comes second fails here, and does not overwrite the file of the first.
              em.flush();
              if (generated) {
                write(settings, password);
              }
            }
            return true;
          });
    } catch (PersistenceException failed) {
      if (!database.read(FirstAdmin::thereIsOne)) {
        throw failed;
      }
    }
  }

  /** Deletes the file with the generated password, which is of no use any more. */
  static void forgetFile(Path home) {
    Path file = home.toAbsolutePath().normalize().resolve(FILE);
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      System.getLogger(FirstAdmin.class.getName())
          .log(System.Logger.Level.WARNING, "delete " + file + ", its password is no more", stays);
    }
  }

  private static boolean thereIsOne(EntityManager em) {
    return em.createQuery("select count(u) from AdminUser u", Long.class).getSingleResult() > 0;
  }

  private static void write(Settings settings, String password) {
    HomeFolder home = HomeFolder.opened(settings);
    try {
      home.writeSecret(FILE, password);
    } catch (IOException notWritable) {
      throw new StoreUnavailableException(
          "the first admin password can't be written to "
              + home.path().resolve(FILE)
              + " ("
              + notWritable
              + "): make the folder writable, or set "
              + Key.ADMIN_PASSWORD);
    }
  }
}
