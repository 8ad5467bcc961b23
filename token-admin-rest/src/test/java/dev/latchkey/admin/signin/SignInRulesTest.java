package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.access.AccessCheckResource;
import dev.latchkey.admin.audit.AuditExport;
import dev.latchkey.admin.audit.AuditResource;
import dev.latchkey.admin.handover.HandoverResource;
import dev.latchkey.admin.handover.OpenHandoverResource;
import dev.latchkey.admin.signin.AdminUsers.SignIn;
import dev.latchkey.admin.stats.StatsResource;
import dev.latchkey.admin.thirdparties.ThirdPartiesResource;
import dev.latchkey.admin.tokens.TokensResource;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.AuditEventView;
import dev.latchkey.core.administer.AuditFilter;
import dev.latchkey.core.administer.PageRequest;
import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInRulesTest {

  private static final PageRequest ALL = new PageRequest(200, null);

  private final SecureRandom random = new SecureRandom();
  private final PasswordHash hashes = new PasswordHash(random, 1000);
  private long nanos;
  private final Ticker ticker = () -> nanos;

  @TempDir Path home;

  @Test
  @DisplayName("D2 PBKDF2-HMAC-SHA-256, 600,000 rounds, a salt of its own")
  void passwordsAreHashedSlowly() {
    assertThat(PasswordHash.ROUNDS).isGreaterThanOrEqualTo(600_000);
    String one = hashes.of("correct horse");
    assertThat(one).matches("pbkdf2-sha256\\$1000\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}");
    assertThat(hashes.of("correct horse")).isNotEqualTo(one);
    assertThat(hashes.matches("correct horse", one)).isTrue();
    assertThat(hashes.matches("Correct horse", one)).isFalse();
    assertThat(new PasswordHash(random, 2000).matches("correct horse", one)).isTrue();
    assertThat(hashes.matches("x", "md5$1$a$b")).isFalse();
  }

  @Test
  @DisplayName("D2 after five failures each try waits longer, from that address only")
  void failuresAreSlowedDown() {
    Throttle throttle = new Throttle(ticker);
    for (int i = 0; i < 4; i++) {
      throttle.failed("admin", "10.0.0.1");
    }
    assertThat(throttle.delay("admin", "10.0.0.1")).isZero();
    throttle.failed("admin", "10.0.0.1");
    assertThat(throttle.delay("admin", "10.0.0.1")).isEqualTo(Duration.ofSeconds(1));
    assertThat(throttle.delay("admin", "10.0.0.2")).isZero();
    assertThat(throttle.delay("other", "10.0.0.1")).isZero();
    nanos += Duration.ofSeconds(1).toNanos();
    assertThat(throttle.delay("admin", "10.0.0.1")).isZero();
    throttle.failed("admin", "10.0.0.1");
    assertThat(throttle.delay("admin", "10.0.0.1")).isEqualTo(Duration.ofSeconds(2));
    throttle.succeeded("admin", "10.0.0.1");
    assertThat(throttle.delay("admin", "10.0.0.1")).isZero();
  }

  @Test
  @DisplayName("D2 an address that tries many names waits as well, and never for ever")
  void addressesAreSlowedDown() {
    Throttle throttle = new Throttle(ticker);
    for (int i = 0; i < 60; i++) {
      throttle.failed("name" + i, "10.0.0.1");
    }
    assertThat(throttle.delay("admin", "10.0.0.1")).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  @DisplayName("D2 who has signed in lately does not wait for what others do at the same address")
  void ownersBehindOneProxyAreNotLockedOut() {
    Throttle throttle = new Throttle(ticker);
    throttle.succeeded("admin", "10.0.0.1");
    for (int i = 0; i < 60; i++) {
      throttle.failed("name" + i, "10.0.0.1");
    }
    assertThat(throttle.delay("admin", "10.0.0.1")).isZero();
    assertThat(throttle.delay("other", "10.0.0.1")).isPositive();
    for (int i = 0; i < 5; i++) {
      throttle.failed("admin", "10.0.0.1");
    }
    assertThat(throttle.delay("admin", "10.0.0.1")).as("guesses of theirs").isPositive();
    nanos += Duration.ofDays(7).toNanos();
    for (int i = 0; i < 60; i++) {
      throttle.failed("name" + i, "10.0.0.1");
    }
    assertThat(throttle.delay("admin", "10.0.0.1")).as("not lately").isPositive();
  }

  @Test
  @DisplayName("D2 all addresses of an IPv6 /64 are one guesser's")
  void guessersWithManyAddressesAreSlowedDown() {
    Throttle throttle = new Throttle(ticker);
    for (int i = 0; i < 5; i++) {
      throttle.failed("admin", "2001:db8:0:1::" + i);
    }
    assertThat(throttle.delay("admin", "2001:db8:0:1:ffff::9%eth0")).isPositive();
    assertThat(throttle.delay("admin", "2001:db8:0:2::9")).isZero();
  }

  @Test
  void readsBasicCredentials() {
    assertThat(BasicCredentials.parse(base64("ann:a:b")))
        .hasValueSatisfying(
            credentials -> {
              assertThat(credentials.name()).isEqualTo("ann");
              assertThat(credentials.password()).isEqualTo("a:b");
              assertThat(credentials).hasToString("BasicCredentials[ann]");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%%%", "YW5u", "/w==", "\u00e4"})
  void refusesWhatIsNotBasic(String encoded) {
    assertThat(BasicCredentials.parse(encoded)).isEmpty();
  }

  @Test
  @DisplayName("D10 the first password is in a file that only its owner can read, and nowhere else")
  void firstAdmin() throws IOException {
    try (Administration administration = administration(Map.of())) {
      Path file = home.resolve("initial-admin-password");
      String password = Files.readString(file);
      assertThat(password).matches("[0-9A-Za-z]{24}");
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
      AdminUsers users = users(administration);
      assertThat(users.signIn(new BasicCredentials("admin", password), "10.0.0.1"))
          .isInstanceOfSatisfying(
              SignIn.Accepted.class, accepted -> assertThat(accepted.role()).isEqualTo(Role.ADMIN));
      FirstAdmin.ensure(
          administration.database(), settings(Map.of()), Clock.systemUTC(), random, hashes);
      assertThat(Files.readString(file)).isEqualTo(password);
    }
  }

  @Test
  void aConfiguredPasswordIsNotWrittenDown() {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      assertThat(home.resolve("initial-admin-password")).doesNotExist();
      assertThat(
              users(administration)
                  .signIn(new BasicCredentials("admin", "long enough it is"), "10.0.0.1"))
          .isInstanceOf(SignIn.Accepted.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 11, 129})
  @DisplayName("D2 12 to 128 characters")
  void passwordsOfAnotherLengthAreNotAllowed(int length) {
    assertThatThrownBy(
            () -> FirstAdmin.check(settings(Map.of("latchkey.admin.password", "p".repeat(length)))))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageNotContaining("ppp".repeat(Math.min(length, 3)));
  }

  @Test
  @DisplayName("D2 a wrong name and a wrong password get the same answer")
  void wrongSignIns() {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      MovedClock clock = new MovedClock();
      AdminUsers users = users(administration, clock);
      for (String name : List.of("admin", "nobody")) {
        for (String password :
            List.of("wrong", "", "long enough it is\u0000", "p".repeat(129), "long enough it i")) {
          if (!name.equals("admin") || !password.equals("never")) {
            assertThat(
                    users.signIn(
                        new BasicCredentials(name, password), "10.0.0." + password.length()))
                .isEqualTo(SignIn.Rejected.INSTANCE);
            clock.pass(Duration.ofSeconds(1));
          }
        }
      }
      assertThat(administration.audit().list(AuditFilter.ALL, ALL).items())
          .hasSize(10)
          .allMatch(event -> event.action().equals("sign-in.refused"))
          .extracting(event -> event.actor())
          .containsOnly("admin", "(unknown)");
    }
  }

  @Test
  @DisplayName("D6 a flood of failed sign-ins is one event a second, which counts the others")
  void aFloodDoesNotFillTheAuditTrail() {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      MovedClock clock = new MovedClock();
      AdminUsers users = users(administration, clock);
      for (int i = 0; i < 50; i++) {
        users.signIn(new BasicCredentials("name" + i, "p".repeat(129)), "10.0.0." + i);
      }
      clock.pass(Duration.ofSeconds(1));
      users.signIn(new BasicCredentials("admin", "wrong"), "10.0.1.1");
      users.recordRefusal(new Actor("ada", "10.0.0.1"), Map.of("reason", "another kind"));

      assertThat(administration.audit().list(AuditFilter.ALL, ALL).items())
          .extracting(AuditEventView::action)
          .containsExactly("api.refused", "sign-in.refused", "sign-in.refused");
      assertThat(administration.audit().list(AuditFilter.ALL, ALL).items().get(1).toString())
          .contains("\"leftOut\":49");
    }
  }

  @Test
  void tooManyFailuresAreNotLookedAt() {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      AdminUsers users = users(administration);
      for (int i = 0; i < 5; i++) {
        users.signIn(new BasicCredentials("admin", "wrong" + i), "10.0.0.1");
      }
      BasicCredentials right = new BasicCredentials("admin", "long enough it is");
      assertThat(users.signIn(right, "10.0.0.1"))
          .isEqualTo(new SignIn.TooMany(Duration.ofSeconds(1)));
      assertThat(users.signIn(right, "10.0.0.2")).isInstanceOf(SignIn.Accepted.class);
    }
  }

  @Test
  @DisplayName("D1 each route names the role that it needs; what names none is for nobody")
  void everyRouteNamesItsRole() throws Exception {
    List<String> routes = new ArrayList<>();
    List<String> forAnyone = new ArrayList<>();
    for (Class<?> resource :
        List.of(
            ThirdPartiesResource.class,
            TokensResource.class,
            HandoverResource.class,
            OpenHandoverResource.class,
            StatsResource.class,
            SessionResource.class,
            AccountResource.class,
            UsersResource.class,
            AccessCheckResource.class,
            AuditResource.class,
            AuditExport.class)) {
      for (Method method : resource.getDeclaredMethods()) {
        if (isRoute(method) && method.isAnnotationPresent(ForAnyone.class)) {
          forAnyone.add(method.getName());
        } else if (isRoute(method)) {
          Role needed = method.getAnnotation(Needs.class).value();
          routes.add(method.getName());
          for (Role role : Role.values()) {
            assertThat(RoleFilter.missingRole(method, role) == null)
                .as("%s as %s", method, role)
                .isEqualTo(role.compareTo(needed) >= 0);
          }
        }
      }
    }
    assertThat(routes).hasSize(29);
    assertThat(forAnyone).containsExactlyInAnyOrder("signIn", "ways", "inspect", "open");
    assertThat(RoleFilter.missingRole(Object.class.getMethod("toString"), Role.ADMIN))
        .isEqualTo("this is for nobody");
    assertThat(RoleFilter.missingRole(null, Role.ADMIN)).isEqualTo("this is for nobody");
  }

  @Test
  void theGreatestRoleOfAllScopesCounts() {
    assertThat(Role.ofScopes(List.of("latchkey:viewer", "latchkey:operator")))
        .hasValue(Role.OPERATOR);
    assertThat(Role.ofScopes(List.of("latchkey:root", "viewer", "latchkey:introspect"))).isEmpty();
  }

  private static boolean isRoute(Method method) {
    return Stream.of(method.getAnnotations())
        .map(Annotation::annotationType)
        .anyMatch(type -> type.isAnnotationPresent(HttpMethod.class));
  }

  private Administration administration(Map<String, String> more) {
    Settings settings = settings(more);
    Administration administration =
        Administration.open(
            settings,
            dev.latchkey.core.store.ServerDataSource.lookedUp(settings),
            Clock.systemUTC(),
            random,
            List.of(AdminUser.class));
    FirstAdmin.ensure(administration.database(), settings, Clock.systemUTC(), random, hashes);
    return administration;
  }

  private AdminUsers users(Administration administration) {
    return users(administration, Clock.systemUTC());
  }

  private AdminUsers users(Administration administration, Clock clock) {
    return new AdminUsers(
        administration.database(), administration.audit(), random, clock, ticker, hashes);
  }

  private Settings settings(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(more);
    all.put("latchkey.jdbc.url", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    all.put("latchkey.home", home.toString());
    return Settings.read(Map.of(), all, Map.of(), Map.of());
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
