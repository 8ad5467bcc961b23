package dev.latchkey.core;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.thirdparty.ClientSecret;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.usage.Refusal;
import dev.latchkey.core.usage.TokenUsage;
import java.util.ArrayList;
import java.util.List;

/** The model as Jakarta Persistence sees it. Needs Hibernate on the class path. */
public final class JpaModel {

  private JpaModel() {}

  /** The classes that are mapped to tables, but for those that only an admin's commands need. */
  public static List<Class<?>> entities() {
    List<Class<?>> entities =
        new ArrayList<>(
            List.of(
                AccessToken.class,
                ClientSecret.class,
                Refusal.class,
                TagKeyRow.class,
                ThirdParty.class,
                TokenUsage.class));
    entities.addAll(ChangeFeed.entities());
    return List.copyOf(entities);
  }

  /**
   * Opens the database that the settings name, and the model on it.
   *
   * @throws dev.latchkey.core.store.StoreUnavailableException when it can't be used yet; a later
   *     call may succeed
   * @throws InvalidConfigurationException when there is no Hibernate, or one of another line
   */
  static Database open(Settings settings, ServerDataSource server) {
    Database database = Database.open(settings, server, entities());
    try {
      database.openEntities();
      return database;
    } catch (LinkageError otherHibernate) {
      database.close();
      throw new InvalidConfigurationException(
          Key.SOURCE
              + " = \"jpa\" needs Hibernate 6 on the class path, which is not there ("
              + otherHibernate.getMessage()
              + "): add org.hibernate.orm:hibernate-core to the application, or leave "
              + Key.SOURCE
              + " out");
    } catch (RuntimeException | Error failed) {
      database.close();
      throw failed;
    }
  }
}
