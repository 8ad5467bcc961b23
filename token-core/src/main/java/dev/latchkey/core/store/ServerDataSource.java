package dev.latchkey.core.store;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import java.util.Optional;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The DataSource of the server that the settings name, if they name one. Looked up at once, on a
 * thread of the application: names below {@code java:comp}, and on Open Liberty below {@code
 * java:global}, are seen by no other. What is not there yet is looked up again. Thread-safe.
 */
public final class ServerDataSource {

  private final Optional<String> name;
  private volatile @Nullable DataSource found;

  private ServerDataSource(Optional<String> name) {
    this.name = name;
  }

  /** The one that the settings name, as far as this thread sees it. Throws nothing. */
  public static ServerDataSource lookedUp(Settings settings) {
    ServerDataSource source = new ServerDataSource(settings.get(Key.DATASOURCE));
    try {
      source.name.ifPresent(source::find);
    } catch (StoreUnavailableException | InvalidConfigurationException notYet) {
      // said by whoever asks for it
    }
    return source;
  }

  /**
   * The DataSource; empty when the settings name none.
   *
   * @throws StoreUnavailableException when the server does not know the name
   * @throws InvalidConfigurationException when it is the name of something else
   */
  Optional<DataSource> get() {
    DataSource known = found;
    return known != null ? Optional.of(known) : name.map(this::find);
  }

  @SuppressWarnings("BanJNDI") // the name comes from the operator, never from a request
  private DataSource find(String jndiName) {
    try {
      if (new InitialContext().lookup(jndiName) instanceof DataSource dataSource) {
        found = dataSource;
        return dataSource;
      }
      throw new InvalidConfigurationException(
          Key.DATASOURCE + " = \"" + jndiName + "\" is not a DataSource");
    } catch (NamingException unknown) {
      throw new StoreUnavailableException(
          Key.DATASOURCE + " = \"" + jndiName + "\" is not a JNDI name of this server", unknown);
    }
  }
}
