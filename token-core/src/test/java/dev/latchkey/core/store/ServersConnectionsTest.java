package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Settings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import javax.naming.Context;
import javax.naming.spi.InitialContextFactory;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Connections of a server's DataSource, which has no limits of its own. */
class ServersConnectionsTest {

  private static final List<String> LIMITS = new ArrayList<>();

  @BeforeEach
  void serverWithoutLimits() {
    LIMITS.clear();
    System.setProperty(Context.INITIAL_CONTEXT_FACTORY, Names.class.getName());
  }

  @AfterEach
  void noServer() {
    System.clearProperty(Context.INITIAL_CONTEXT_FACTORY);
  }

  @Test
  @DisplayName("E3 nobody waits for ever for a connection of a server's that hangs")
  void nobodyWaitsForEver() throws Exception {
    Settings settings =
        Settings.read(Map.of(), Map.of("latchkey.datasource", "jdbc/any"), Map.of(), Map.of());
    try (Database database =
        Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities())) {
      LIMITS.clear();
      database.read(em -> em.createNativeQuery("select 1").getSingleResult());
      database.transact(em -> em.createNativeQuery("select 1").getSingleResult());
      database.connections().ask(5000, connection -> true);
      assertThat(LIMITS)
          .as("set, and given back as it was, each time")
          .containsExactly("20000", "0", "20000", "0", "5000", "0");
    }
  }

  /** Knows one name, whatever it is asked for. */
  public static final class Names implements InitialContextFactory {

    @Override
    public Context getInitialContext(Hashtable<?, ?> environment) {
      JdbcDataSource h2 = new JdbcDataSource();
      h2.setURL("jdbc:h2:mem:servers;DB_CLOSE_DELAY=-1");
      DataSource watched =
          proxy(
              DataSource.class,
              h2,
              (name, arguments, answer) ->
                  answer instanceof Connection connection ? watched(connection) : answer);
      return proxy(Context.class, h2, (name, arguments, answer) -> watched);
    }

    private static Connection watched(Connection connection) {
      return proxy(
          Connection.class,
          connection,
          (name, arguments, answer) -> {
            if (name.equals("setNetworkTimeout")) {
              LIMITS.add(String.valueOf(arguments[1]));
            }
            return answer;
          });
    }
  }

  private interface Watcher {
    @Nullable Object sees(String method, Object[] arguments, @Nullable Object answer);
  }

  private static <T> T proxy(Class<T> type, Object real, Watcher watcher) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                boolean known = method.getDeclaringClass().isInstance(real);
                Object answer = known ? method.invoke(real, arguments) : null;
                return watcher.sees(method.getName(), arguments, answer);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            }));
  }
}
