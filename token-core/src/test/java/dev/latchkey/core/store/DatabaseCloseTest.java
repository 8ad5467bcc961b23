package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.testing.Server;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

// issue 22.10
class DatabaseCloseTest {

  @Test
  @DisplayName("an entity that can't be linked leaves no connections behind")
  void closesTheConnectionsWhenAnEntityCanNotBeLinked() throws Exception {
    Settings settings = Server.H2.settings();
    ServerDataSource server = ServerDataSource.lookedUp(settings);
    Database.migrate(settings, server, JpaModel.entities()).close();
    Class<?> unlinked = new WithoutPart().loadClass(Unlinked.class.getName());
    Database database = Database.open(settings, server, List.of(unlinked));
    database.read(EntityManager::isOpen);

    assertThatCode(database::close).doesNotThrowAnyException();

    assertThatThrownBy(() -> database.ask(connection -> connection))
        .isInstanceOf(PersistenceException.class);
  }

  /** What is missing. */
  static class Part {}

  /** What can't be linked without it. */
  @SuppressWarnings("NullAway") // never made
  static class Unlinked {
    @Nullable Part part;
  }

  private static final class WithoutPart extends ClassLoader {

    WithoutPart() {
      super(DatabaseCloseTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(Part.class.getName())) {
        throw new ClassNotFoundException(name);
      }
      if (!name.equals(Unlinked.class.getName())) {
        return super.loadClass(name, resolve);
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException unreadable) {
        throw new ClassNotFoundException(name, unreadable);
      }
    }
  }
}
