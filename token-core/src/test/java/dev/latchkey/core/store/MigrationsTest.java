package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.usage.Refusal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Server.class)
class MigrationsTest {

  private final Settings settings;
  private final ServerDataSource server;

  MigrationsTest(Server server) {
    this.settings = server.settings();
    this.server = ServerDataSource.lookedUp(settings);
  }

  @Test
  @DisplayName("what was in a database of the first version is there in the present one")
  void bringsAnOldDatabaseUpToDate() throws SQLException {
    ConnectionSource connections = ConnectionSource.open(settings, server);
    Migrations.apply(connections.dataSource(), Optional.empty(), "1");
    try (Connection connection = connections.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "insert into third_party (id, name, name_key, enabled, authorization_kind, scopes,"
              + " allowed_networks, created_at, created_by, version) values ('tp1', 'Express',"
              + " 'express', true, 'MANUAL', 'a', '', '2026-03-01 12:00:00', 'admin', 0)");
    }
    assertThatThrownBy(() -> connections.requireSchema(Connections.SCHEMA_VERSION))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("of version 1, this code needs " + Connections.SCHEMA_VERSION);
    connections.close();

    for (int i = 0; i < 2; i++) {
      try (Database database = Database.migrate(settings, server, JpaModel.entities())) {
        String name = database.read(em -> em.find(ThirdParty.class, "tp1").name());
        assertThat(name).isEqualTo("Express");
        List<Refusal> refusals =
            database.read(
                em -> em.createQuery("select r from Refusal r", Refusal.class).getResultList());
        assertThat(refusals).isEmpty();
        assertThat(
                database
                    .<Number>read(
                        em ->
                            (Number)
                                em.createNativeQuery("select version from schema_info")
                                    .getSingleResult())
                    .intValue())
            .isEqualTo(Connections.SCHEMA_VERSION);
      }
    }
  }
}
