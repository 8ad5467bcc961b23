package dev.latchkey.core.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.ThirdPartyDraft;
import dev.latchkey.core.administer.ThirdPartyView;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * issue 18.6: hourly tokens cost a row each and nothing else. With {@code -Dissuing.tokens=20000}
 * it measures (docs/performance.md).
 */
class IssuingRateTest {

  private static final int TOKENS = Integer.getInteger("issuing.tokens", 200);
  private static final int THREADS = 4;
  private static final String FROM = "192.0.2.7";

  @ParameterizedTest
  @EnumSource(Server.class)
  @DisplayName("18.6 a fetched token adds no row to the feed, and none to the audit trail")
  void addsARowAndNothingElse(Server server) throws Exception {
    Settings settings = server.settings();
    try (Administration administration =
        Administration.open(
            settings,
            ServerDataSource.lookedUp(settings),
            Clock.systemUTC(),
            new SecureRandom(),
            List.of(AuthorizationCode.class))) {
      OAuthGrants grants =
          new OAuthGrants(administration.commands(), administration.issuer(), Duration.ofHours(1));
      Created<ThirdPartyView> party = registered(administration);
      String id = party.resource().id();
      String secret = Objects.requireNonNull(party.secret());
      Callable<Void> fetch =
          () -> {
            grants.byClientCredentials(
                grants.authenticate(id, secret, FROM).orElseThrow(), null, null);
            return null;
          };
      measured(fetch, TOKENS / 10);
      long feed = rows(settings, "change_feed");
      long events = rows(settings, "audit_event");
      long tokens = rows(settings, "access_token");

      double issued = measured(fetch, TOKENS);

      assertThat(rows(settings, "change_feed")).isEqualTo(feed);
      assertThat(rows(settings, "audit_event")).isEqualTo(events);
      assertThat(rows(settings, "access_token")).isEqualTo(tokens + TOKENS);
      System.out.printf(
          Locale.ROOT,
          "%s: %.0f tokens a second, %.0f plain inserts a second%n",
          server,
          issued,
          inserted(settings));
    }
  }

  private static Created<ThirdPartyView> registered(Administration administration) {
    return administration
        .thirdParties()
        .create(
            new Actor("ada", "127.0.0.1", true),
            new ThirdPartyDraft(
                "Client",
                Authorization.AUTOMATIC,
                "https://client.example/callback",
                null,
                null,
                List.of("a", "b"),
                List.of(),
                true),
            null);
  }

  /** How often a second a thing is done by a few threads. */
  private static double measured(Callable<Void> work, int times) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      long start = System.nanoTime();
      for (Future<Void> each : threads.invokeAll(Collections.nCopies(times, work))) {
        each.get();
      }
      return times * 1e9 / (System.nanoTime() - start);
    } finally {
      threads.shutdownNow();
    }
  }

  // The same row with another id, each committed, on a connection for each thread.
  private static double inserted(Settings settings) throws Exception {
    List<Object> row = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try (Connection connection = connected(settings);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select * from access_token")) {
      assertThat(rows.next()).isTrue();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        names.add(rows.getMetaData().getColumnName(i));
        row.add(rows.getObject(i));
      }
    }
    int id = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList().indexOf("id");
    String sql =
        "insert into access_token ("
            + String.join(", ", names)
            + ") values ("
            + String.join(", ", Collections.nCopies(names.size(), "?"))
            + ")";
    List<Callable<Void>> shares = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      String prefix = "p" + thread;
      shares.add(
          () -> {
            inserts(settings, sql, row, id, prefix);
            return null;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      long start = System.nanoTime();
      for (Future<Void> each : threads.invokeAll(shares)) {
        each.get();
      }
      return TOKENS / THREADS * THREADS * 1e9 / (System.nanoTime() - start);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void inserts(
      Settings settings, String sql, List<Object> row, int id, String prefix) throws SQLException {
    try (Connection connection = connected(settings);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < row.size(); i++) {
        statement.setObject(i + 1, row.get(i));
      }
      for (int i = 0; i < TOKENS / THREADS; i++) {
        statement.setObject(id + 1, "%s%08d".formatted(prefix, i));
        statement.executeUpdate();
      }
    }
  }

  private static long rows(Settings settings, String table) throws SQLException {
    try (Connection connection = connected(settings);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static Connection connected(Settings settings) throws SQLException {
    return DriverManager.getConnection(
        settings.get(Key.JDBC_URL).orElseThrow(), settings.get(Key.JDBC_USER).orElse(""), "");
  }
}
