package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.access.AccessCheckResource;
import dev.latchkey.admin.admission.CrowdedException;
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
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.management.ManagementFactory;
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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
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
      AdminUsers users = users(administration);
      for (String name : List.of("admin", "nobody")) {
        for (String password :
            List.of("wrong", "", "long enough it is\u0000", "p".repeat(129), "long enough it i")) {
          assertThat(
                  users.signIn(new BasicCredentials(name, password), "10.0.0." + password.length()))
              .isEqualTo(SignIn.Rejected.INSTANCE);
        }
      }
      assertThat(administration.audit().list(AuditFilter.ALL, ALL).items())
          .as("those that can be somebody's password")
          .hasSize(4)
          .allMatch(event -> event.action().equals("sign-in.refused"))
          .extracting(event -> event.actor())
          .containsOnly("admin", "(unknown)");
    }
  }

  // issue 14, "Further": failed sign-ins can't grow the audit trail for ever
  @Test
  @DisplayName("D6 a flood of failed sign-ins adds ever fewer events, which count the others")
  void aFloodDoesNotFillTheAuditTrail() {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      AdminUsers users = users(administration);
      for (int i = 0; i < 50; i++) {
        users.signIn(new BasicCredentials("name" + i, "wrong"), "10.0.0." + i);
      }
      users.signIn(new BasicCredentials("admin", "wrong"), "10.0.1.1");
      users.recordRefusal(new Actor("ada", "10.0.0.1"), Map.of("reason", "another kind"));
      nanos += Duration.ofMinutes(1).toNanos();
      users.signIn(new BasicCredentials("nobody", "wrong"), "10.0.1.2");

      List<AuditEventView> events = administration.audit().list(AuditFilter.ALL, ALL).items();
      assertThat(events)
          .extracting(event -> event.action() + " " + event.actor())
          .startsWith("sign-in.refused (unknown)", "api.refused ada", "sign-in.refused admin")
          .hasSize(23);
      assertThat(events.get(0).toString()).contains("\"leftOut\":30");
    }
  }

  // issue 14.2
  @Test
  @DisplayName("F2 names and passwords of impossible length are refused before anything else")
  void impossibleCredentialsCostNothing() {
    Administration administration = administration(Map.of());
    AdminUsers users = users(administration);
    administration.close();
    for (BasicCredentials impossible :
        List.of(
            new BasicCredentials("", "wrong"),
            new BasicCredentials("n".repeat(101), "wrong"),
            new BasicCredentials("n".repeat(65_536), "wrong"),
            new BasicCredentials("admin", "p".repeat(129)),
            new BasicCredentials("admin", "p".repeat(65_536)),
            BasicCredentials.parse(base64("admin:" + "p".repeat(5_000))).orElseThrow())) {
      assertThat(users.signIn(impossible, "10.0.0.1")).isEqualTo(SignIn.Rejected.INSTANCE);
    }
  }

  // issue 14.2
  @Test
  @DisplayName("F2 what strangers send is not kept: names of 64 KB from many addresses")
  void namesOfStrangersDoNotFillTheHeap() {
    Throttle throttle = new Throttle(ticker);
    FailureFold fold = new FailureFold(ticker);
    long before = usedHeap();

    String rest = "x".repeat(65_536);
    for (int i = 0; i < 3_000; i++) {
      throttle.failed(i + rest, i + "." + rest);
    }
    for (int i = 0; i < 60_000; i++) {
      throttle.failed("name" + i, "10." + i / 256 + "." + i % 256 + ".1");
    }
    for (int i = 0; i < 60_000; i++) {
      fold.next("server:" + i, "10.0.0." + i % 250);
    }

    assertThat(usedHeap() - before).isLessThan(10L << 20);
    assertThat(throttle.delay("name59999", "10.0.0.9")).isZero();
    assertThat(fold.next("server:59999", "10.0.0.1")).isPresent();
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  // issue 14.3
  @Test
  @DisplayName("F3 a flood of sign-ins is refused at once, and lets in who has been here lately")
  void aFloodKeepsNobodyOutWhoHasSignedInLately() throws Exception {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      AdminUsers users =
          new AdminUsers(
              administration.database(),
              administration.audit(),
              random,
              Clock.systemUTC(),
              ticker,
              new PasswordHash(random, 400_000));
      BasicCredentials right = new BasicCredentials("admin", "long enough it is");
      assertThat(users.signIn(right, "10.0.0.1")).isInstanceOf(SignIn.Accepted.class);
      // What is remembered of the right password is over, what is known of its address is not.
      nanos += Duration.ofMinutes(6).toNanos();
      ExecutorService threads = Executors.newFixedThreadPool(101);
      try {
        List<Callable<Object>> tries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          int stranger = i;
          tries.add(
              () -> answerOf(users, new BasicCredentials("admin", "wrong"), "10.1.0." + stranger));
        }
        tries.add(50, () -> answerOf(users, right, "10.0.0.1"));

        List<Object> answers = new ArrayList<>();
        for (Future<Object> each : threads.invokeAll(tries, 60, TimeUnit.SECONDS)) {
          answers.add(each.get());
        }

        assertThat(answers.get(50)).isInstanceOf(SignIn.Accepted.class);
        assertThat(answers).filteredOn(Integer.valueOf(503)::equals).hasSizeGreaterThan(50);
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static Object answerOf(AdminUsers users, BasicCredentials credentials, String address) {
    try {
      return users.signIn(credentials, address);
    } catch (CrowdedException refused) {
      return refused.status();
    }
  }

  // issue 14.8
  @Test
  @DisplayName("D2 a hash of fewer rounds is replaced at the next right password")
  void oldHashesAreReplaced() {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      AdminUsers users = users(administration, new PasswordHash(random, 2000));
      BasicCredentials right = new BasicCredentials("admin", "long enough it is");
      users.signIn(new BasicCredentials("admin", "wrong"), "10.0.0.1");
      assertThat(hashOfAdmin(administration)).startsWith("pbkdf2-sha256$1000$");

      SignIn signIn = users.signIn(right, "10.0.0.1");

      assertThat(hashOfAdmin(administration)).startsWith("pbkdf2-sha256$2000$");
      assertThat(signIn)
          .isInstanceOfSatisfying(
              SignIn.Accepted.class,
              accepted ->
                  assertThat(accepted.user().passwordHash())
                      .isEqualTo(hashOfAdmin(administration)));
      assertThat(users.signIn(right, "10.0.0.1")).isInstanceOf(SignIn.Accepted.class);
      assertThat(hashOfAdmin(administration))
          .as("not again")
          .isEqualTo(((SignIn.Accepted) signIn).user().passwordHash());
    }
  }

  // issue 15.14
  @Test
  @DisplayName("D2 a password is the same however the system composes its characters")
  void passwordsArePrepared() {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "\u00e5ngstr\u00f6m caf\u00e9 79"))) {
      AdminUsers users = users(administration);
      for (String typed :
          List.of(
              "\u00e5ngstr\u00f6m caf\u00e9 79",
              "a\u030angstro\u0308m cafe\u0301 79",
              "\u00e5ngstr\u00f6m\u00a0caf\u00e9\u300079")) {
        assertThat(users.signIn(new BasicCredentials("admin", typed), "10.0.0.1"))
            .as(typed)
            .isInstanceOf(SignIn.Accepted.class);
      }
    }
  }

  // issue 15.14
  @Test
  @DisplayName("D2 a hash of an unprepared password works once more, and is replaced")
  void hashesOfUnpreparedPasswordsAreReplaced() {
    try (Administration administration = administration(Map.of())) {
      String decomposed = "cafe\u0301 tractor\u00a0violin";
      String composed = "caf\u00e9 tractor violin";
      administration
          .database()
          .transact(
              em -> {
                em.find(AdminUser.class, "admin").password(hashes.of(decomposed), false);
                return true;
              });
      AdminUsers users = users(administration);
      assertThat(users.signIn(new BasicCredentials("admin", composed), "10.0.0.1"))
          .isEqualTo(SignIn.Rejected.INSTANCE);

      assertThat(users.signIn(new BasicCredentials("admin", decomposed), "10.0.0.1"))
          .isInstanceOf(SignIn.Accepted.class);

      assertThat(hashes.matches(composed, hashOfAdmin(administration))).isTrue();
      assertThat(users.signIn(new BasicCredentials("admin", composed), "10.0.0.1"))
          .isInstanceOf(SignIn.Accepted.class);
    }
  }

  private static String hashOfAdmin(Administration administration) {
    return administration.database().read(em -> em.find(AdminUser.class, "admin").passwordHash());
  }

  // issue 15.3
  @ParameterizedTest
  @ValueSource(strings = {"admin ", " admin", "Admin", "admin\u00a0", "admin\u0000"})
  @DisplayName("F8 a name that is not to the letter that of a user is nobody's")
  void namesAreExact(String name) {
    try (Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"))) {
      assertThat(
              users(administration)
                  .signIn(new BasicCredentials(name, "long enough it is"), "10.0.0.1"))
          .isEqualTo(SignIn.Rejected.INSTANCE);
      assertThat(administration.audit().list(AuditFilter.ALL, ALL).items())
          .extracting(AuditEventView::actor)
          .containsExactly("(unknown)");
    }
  }

  // issue 15.16
  @Test
  @DisplayName("a database that does not answer is told as that, never as a wrong password")
  void anUnansweredLookUpIsNoWrongPassword() {
    Administration administration =
        administration(Map.of("latchkey.admin.password", "long enough it is"));
    AdminUsers users = users(administration);
    administration.close();
    BasicCredentials right = new BasicCredentials("admin", "long enough it is");

    for (int i = 0; i < 30; i++) {
      assertThatThrownBy(() -> users.signIn(right, "10.0.0.1"))
          .isInstanceOf(PersistenceException.class);
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
            SecondFactorResource.class,
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
    assertThat(routes).hasSize(35);
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
    return users(administration, hashes);
  }

  private AdminUsers users(Administration administration, PasswordHash made) {
    return new AdminUsers(
        administration.database(), administration.audit(), random, Clock.systemUTC(), ticker, made);
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
