package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.testing.Server;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Server.class)
class DatabaseClockTest {

  private final Server server;
  private final Database database;

  DatabaseClockTest(Server server) {
    this.server = server;
    Settings settings = server.settings();
    database = Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void tellsTheTime() {
    Instant before = Instant.now();
    Instant told = database.ask(connection -> DatabaseClock.now(connection, database.kind()));
    assertThat(told).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
  }

  @Test
  @DisplayName("tells the same time, whatever the time zone of the session")
  void tellsTheTimeInAnyZone() {
    String zone = server == Server.MARIADB ? "set time_zone = '+05:30'" : "set time zone '+05:30'";
    Instant before = Instant.now();
    Instant told =
        database.ask(
            connection -> {
              try (Statement statement = connection.createStatement()) {
                statement.execute(zone);
              }
              return DatabaseClock.now(connection, database.kind());
            });
    assertThat(told).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
  }
}
