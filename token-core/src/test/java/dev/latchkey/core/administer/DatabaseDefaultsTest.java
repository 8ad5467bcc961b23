package dev.latchkey.core.administer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a database does by default must not decide what Latchkey does (issue 15.3, 8, 9, 17). */
class DatabaseDefaultsTest {

  private static final Actor ADMIN = new Actor("ada", "127.0.0.1", true);

  private static Administration opened(Settings settings) {
    return Administration.open(
        settings,
        ServerDataSource.lookedUp(settings),
        Clock.systemUTC(),
        new SecureRandom(),
        List.of());
  }

  private static ThirdPartyDraft named(String name) {
    return new ThirdPartyDraft(
        name, Authorization.MANUAL, null, name, null, List.of("a"), List.of(), true);
  }

  private static String registered(Administration administration, String name) {
    return administration.thirdParties().create(ADMIN, named(name), null).resource().id();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Łódź", "支付宝", "emoji 🎫"})
  void keepsEveryTextInADatabaseThatWasCreatedForLatin1(String text) {
    Settings latin1 =
        Server.MARIADB.settingsAfter(
            List.of("alter database $name character set latin1 collate latin1_swedish_ci"));
    try (Administration administration = opened(latin1)) {
      String id = registered(administration, text);
      TokenDraft labelled = new TokenDraft(text, null, null, null);

      assertThat(administration.thirdParties().get(id).name()).isEqualTo(text);
      assertThat(administration.thirdParties().get(id).contactName()).isEqualTo(text);
      assertThat(administration.tokens().create(ADMIN, id, labelled, null).resource().label())
          .isEqualTo(text);
    }
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void findsNothingByAnIdWithASpaceBehindIt(Server server) {
    try (Administration administration = opened(server.settings())) {
      String id = registered(administration, "Padded");

      assertThatThrownBy(() -> administration.thirdParties().get(id + " "))
          .isInstanceOf(NotFoundException.class);
      assertThatThrownBy(
              () ->
                  administration
                      .thirdParties()
                      .change(ADMIN, id + " ", null, draft -> named("Other")))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void repeatsWhatAnotherTransactionGotInTheWayOf() throws Exception {
    Settings serializable =
        Server.POSTGRESQL.settingsAfter(
            List.of("alter database $name set default_transaction_isolation = 'serializable'"));
    try (Administration administration = opened(serializable)) {
      List<Callable<String>> creates =
          IntStream.range(0, 60)
              .<Callable<String>>mapToObj(i -> () -> registered(administration, "Party " + i))
              .toList();
      ExecutorService clients = Executors.newFixedThreadPool(6);
      try {
        for (Future<String> created : clients.invokeAll(creates)) {
          assertThat(created.get()).hasSize(12);
        }
      } finally {
        clients.shutdown();
      }
      assertThat(administration.audit().verify(null).unbroken()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Server.class,
      names = {"POSTGRESQL", "MARIADB"})
  void standsBesideTheMigrationsOfAnotherApplication(Server server) {
    Settings shared =
        server.settingsAfter(
            List.of(
                "create table flyway_schema_history (installed_rank int primary key, version"
                    + " varchar(50), description varchar(200), type varchar(20), script"
                    + " varchar(1000), checksum int, installed_by varchar(100), installed_on"
                    + " timestamp default current_timestamp, execution_time int, success"
                    + " boolean)",
                "insert into flyway_schema_history (installed_rank, version, description, type,"
                    + " script, checksum, installed_by, execution_time, success) values (1, '1',"
                    + " 'theirs', 'SQL', 'V1__theirs.sql', 1, 'them', 1, true)",
                "create table their_orders (id int primary key)"));

    try (Administration administration = opened(shared)) {
      registered(administration, "Beside");
    }
    try (Administration again = opened(shared)) {
      assertThat(again.thirdParties().list(new ThirdPartyFilter(null, null, null), ALL).items())
          .hasSize(1);
    }
  }

  @Test
  void livesInASchemaOfItsOwn() {
    Settings inSchema =
        Server.POSTGRESQL.settingsAfter(
            List.of("create table third_party (theirs int)"), "latchkey.jdbc.schema", "latchkey");
    try (Administration administration = opened(inSchema)) {
      assertThat(registered(administration, "In a schema")).hasSize(12);
    }
  }

  @Test
  void refusesADatabaseThatCannotHoldEveryName() {
    Settings ascii =
        Server.POSTGRESQL.settingsAfter(
            List.of(
                "create database ascii_$name encoding 'SQL_ASCII' template template0 lc_collate 'C'"
                    + " lc_ctype 'C'"));
    String url = ascii.get(dev.latchkey.core.config.Key.JDBC_URL).orElseThrow();
    int name = url.lastIndexOf('/') + 1;
    Settings other =
        Settings.read(
            java.util.Map.of(),
            java.util.Map.of(
                "latchkey.jdbc.url",
                url.substring(0, name) + "ascii_" + url.substring(name),
                "latchkey.jdbc.user",
                "postgres"),
            java.util.Map.of(),
            java.util.Map.of());

    assertThatThrownBy(() -> opened(other))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("SQL_ASCII")
        .hasMessageContaining("UTF8");
  }

  private static final PageRequest ALL = new PageRequest(200, null);
}
