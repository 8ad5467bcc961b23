package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.admission.CrowdedException;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.AuditEventView;
import dev.latchkey.core.administer.AuditFilter;
import dev.latchkey.core.administer.ConflictException;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.HandoverDraft;
import dev.latchkey.core.administer.HandoverOutcome;
import dev.latchkey.core.administer.HandoverView;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.NotFoundException;
import dev.latchkey.core.administer.PageRequest;
import dev.latchkey.core.administer.ThirdPartyDraft;
import dev.latchkey.core.administer.TokenDraft;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions and the people who have them. */
class SessionsTest {

  private static final Actor ADMIN = new Actor("admin", "10.0.0.1");
  private static final Actor ADA = new Actor("ada", "10.0.0.2");
  private static final String GOOD = "plum-tractor-violin-79";

  private final SecureRandom random = new SecureRandom();
  private final PasswordHash hashes = new PasswordHash(random, 1000);
  private final MovedClock clock = new MovedClock();

  @TempDir Path home;

  private @Nullable Administration opened;

  @BeforeEach
  void open() {
    Settings settings =
        Settings.read(
            Map.of(),
            Map.of(
                "latchkey.jdbc.url",
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000",
                "latchkey.home",
                home.toString()),
            Map.of(),
            Map.of());
    Administration administration =
        Administration.open(
            settings,
            ServerDataSource.lookedUp(settings),
            clock,
            random,
            List.of(AdminSession.class, AdminUser.class));
    FirstAdmin.ensure(administration.database(), settings, clock, random, hashes);
    opened = administration;
  }

  @AfterEach
  void close() {
    assertThat(administration().audit().verify(null).firstBroken()).isNull();
    administration().close();
  }

  @Test
  @DisplayName("D3 a session ends after half an hour without a request")
  void endsWhenIdle() {
    String cookie = open(ADMIN, "Firefox", null);
    pass(Duration.ofMinutes(29));
    assertThat(find(cookie)).isPresent();
    pass(Duration.ofMinutes(29));
    assertThat(find(cookie)).isPresent();
    pass(Duration.ofMinutes(30));
    assertThat(find(cookie)).isEmpty();
    assertThat(sessions().of("admin")).isEmpty();
  }

  @Test
  @DisplayName("D3 a session ends after twelve hours whatever is done with it")
  void endsAtLast() {
    String cookie = open(ADMIN, "Firefox", null);
    for (int i = 0; i < 12 * 3 - 1; i++) {
      pass(Duration.ofMinutes(20));
      assertThat(find(cookie)).as("after %s × 20 min", i).isPresent();
    }
    pass(Duration.ofMinutes(20).minusMillis(1));
    assertThat(find(cookie)).isPresent();
    pass(Duration.ofMillis(1));
    assertThat(find(cookie)).isEmpty();
  }

  @Test
  @DisplayName("D3 each sign-in has a new id, and ends what the browser had before")
  void hasANewIdAtSignIn() {
    add("ada", Role.VIEWER);
    String first = open(ADMIN, "Firefox", null);
    String second = open(ADA, "Firefox", first);
    assertThat(second).isNotEqualTo(first);
    assertThat(find(first)).isEmpty();
    String planted = "x".repeat(56);
    assertThat(open(ADMIN, null, planted)).isNotEqualTo(planted);
    assertThat(find(planted)).isEmpty();
  }

  @Test
  void findsNoCookieThatOnlyLooksLikeOne() {
    String cookie = open(ADMIN, "Firefox", null);
    char last = cookie.charAt(cookie.length() - 1);
    for (String wrong :
        new String[] {
          null,
          "",
          cookie.substring(1),
          cookie + "x",
          cookie.substring(0, cookie.length() - 1) + (last == 'x' ? 'y' : 'x'),
          cookie.substring(0, 12),
          "\u0000".repeat(56)
        }) {
      assertThat(find(wrong)).isEmpty();
    }
    assertThat(find(cookie))
        .hasValueSatisfying(
            session -> {
              assertThat(session.user()).isEqualTo("admin");
              assertThat(session.role()).isEqualTo(Role.ADMIN);
              assertThat(session.mustChangePassword()).isTrue();
            });
  }

  @Test
  @DisplayName("D3 one's sessions are listed, and ended by oneself alone")
  void listsAndEndsSessions() {
    add("ada", Role.VIEWER);
    String one = open(ADA, "Fire\r\nfox\u001b[31m" + "x".repeat(500), null);
    pass(Duration.ofMinutes(5));
    String two = open(ADA, null, null);
    List<AdminSession> listed = sessions().of("ada");
    assertThat(listed).hasSize(2);
    assertThat(listed.get(1).userAgent()).startsWith("Firefox[31mxxx").hasSize(200);
    assertThat(listed.get(1).address()).isEqualTo("10.0.0.2");
    String id = listed.get(1).id();
    assertThat(listed.get(1).toString()).doesNotContain(one.substring(13));

    assertThatThrownBy(() -> sessions().end(ADMIN, id)).isInstanceOf(NotFoundException.class);
    assertThat(find(one)).isPresent();
    sessions().end(ADA, id);
    assertThat(find(one)).isEmpty();
    assertThat(find(two)).isPresent();
    assertThat(actions()).startsWith("sign-out", "sign-in", "sign-in");
  }

  // issue 14, "Further": a bound on sessions per person
  @Test
  @DisplayName("D3 somebody has at most 20 sessions: one more ends the oldest")
  void boundsTheSessionsOfAPerson() {
    add("ada", Role.VIEWER);
    String admins = open(ADMIN, null, null);
    List<String> cookies = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      pass(Duration.ofSeconds(1));
      cookies.add(open(ADA, null, null));
    }

    assertThat(sessions().of("ada")).hasSize(20);
    assertThat(find(cookies.get(0))).isEmpty();
    assertThat(find(cookies.get(1))).isPresent();
    assertThat(find(cookies.get(20))).isPresent();
    assertThat(find(admins)).isPresent();
    assertThat(administration().audit().list(AuditFilter.ALL, new PageRequest(1, null)).items())
        .singleElement()
        .asString()
        .contains("\"ended\":", cookies.get(0).substring(0, 12));
  }

  // issue 15.3
  @Test
  @DisplayName("F8 a session is ended by its id to the letter")
  void endsNoSessionByATextLikeItsId() {
    String id = open(ADMIN, null, null).substring(0, 12);
    for (String other :
        List.of(id + " ", id + "\u0000", "", "x".repeat(5000), "\u0000".repeat(12))) {
      assertThatThrownBy(() -> sessions().end(ADMIN, other)).isInstanceOf(NotFoundException.class);
    }
    assertThat(sessions().of("admin")).hasSize(1);
  }

  // issue 14.3
  @Test
  @DisplayName(
      "F3 cookies that are nobody's wait in a bounded line, open sessions never behind them")
  void looksUpStrangersCookiesInTurn() throws Exception {
    Sessions sessions = sessions();
    String mine = open(ADMIN, null, null);
    assertThat(sessions.find(mine, "10.0.0.1")).isPresent();
    ExecutorService threads = Executors.newFixedThreadPool(60);
    try {
      List<Callable<Integer>> requests = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        String forged = String.format(Locale.ROOT, "%012d.", i) + "x".repeat(43);
        String address = "10.1.0." + i % 250;
        String cookie = i % 3 == 0 ? mine : forged;
        requests.add(() -> statusOf(sessions, cookie, address));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> each : threads.invokeAll(requests, 60, TimeUnit.SECONDS)) {
        statuses.add(each.get());
      }
      assertThat(statuses).filteredOn(status -> status == 200).hasSize(200);
      assertThat(statuses).containsOnly(200, 401, 503);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @DisplayName("D3, D10 a new password ends all other sessions and deletes the first one's file")
  void changesThePassword() {
    Path file = home.resolve("initial-admin-password");
    assertThat(file).exists();
    String mine = open(ADMIN, null, null);
    String other = open(ADMIN, null, null);
    add("ada", Role.VIEWER);
    String adas = open(ADA, null, null);
    String id = find(mine).orElseThrow().id();

    changePassword(GOOD, id);

    assertThat(file).doesNotExist();
    assertThat(find(mine))
        .hasValueSatisfying(session -> assertThat(session.mustChangePassword()).isFalse());
    assertThat(find(other)).isEmpty();
    assertThat(find(adas)).isPresent();
    assertThat(signedIn("admin", GOOD).role()).isEqualTo(Role.ADMIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short-pw-79",
        "password1234",
        "PasswordPassword",
        "qwertyuiop12",
        "adminadminadmin",
        "latchkeylatchkey",
        "aaaaaaaaaaaaaaaaaaaa",
        "123456789012345",
        "plum-tractor\u0000violin-79"
      })
  @DisplayName("D2 a password that is short, common, or made of one's name is not taken")
  void refusesWeakPasswords(String password) {
    assertThatThrownBy(() -> changePassword(password, null))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused -> {
              assertThat(refused.errors().get(0).field()).isEqualTo("newPassword");
              assertThat(refused.toString()).doesNotContain(password);
            });
    assertThat(home.resolve("initial-admin-password")).exists();
  }

  @Test
  void takesLongAndForeignPasswords() {
    changePassword("ünïcode 🔑 çorba lampe 9".repeat(4), null);
    assertThatThrownBy(() -> changePassword("long-" + "x7k".repeat(42), null))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  @DisplayName("D10 somebody new gets a password that is shown once and must be changed")
  void addsPeople() {
    Created<AdminUser> added = accounts().add(ADMIN, "ada", Role.OPERATOR);
    String password = Objects.requireNonNull(added.secret());
    assertThat(password).matches("[0-9A-Za-z]{24}");
    assertThat(added.resource().mustChangePassword()).isTrue();
    assertThat(signedIn("ada", password).role()).isEqualTo(Role.OPERATOR);
    assertThat(accounts().all()).extracting(AdminUser::name).containsExactly("ada", "admin");
    assertThatThrownBy(() -> add("ada", Role.VIEWER)).isInstanceOf(ConflictException.class);
    for (String name : List.of("", "Ada", "a b", ".a", "a".repeat(101), "third-party:x", "<b>")) {
      assertThatThrownBy(() -> add(name, Role.VIEWER)).isInstanceOf(InvalidInputException.class);
    }
  }

  @Test
  @DisplayName("a new role counts at the next request, a new password and a removal end sessions")
  void changesPeople() {
    add("ada", Role.VIEWER);
    String cookie = open(ADA, null, null);
    accounts().changeRole(ADMIN, "ada", Role.OPERATOR, false);
    assertThat(find(cookie).orElseThrow().role()).isEqualTo(Role.OPERATOR);

    Created<AdminUser> reset = accounts().resetPassword(ADMIN, "ada");
    assertThat(find(cookie)).isEmpty();
    assertThat(signIn("ada", Objects.requireNonNull(reset.secret())))
        .isInstanceOf(AdminUsers.SignIn.Accepted.class);

    String again = open(ADA, null, null);
    accounts().remove(ADMIN, "ada", false);
    assertThat(find(again)).isEmpty();
    assertThatThrownBy(() -> accounts().remove(ADMIN, "ada", false))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> accounts().changeRole(ADMIN, "a\u0000b", Role.ADMIN, false))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  @DisplayName("D3 a sign-in with the old password opens no session once there is a new one")
  void opensNoSessionForAPasswordThatIsOver() {
    String old = Objects.requireNonNull(accounts().add(ADMIN, "ada", Role.VIEWER).secret());
    AdminUser signedIn = signedIn("ada", old);
    accounts().changePassword(ADA, signedIn, GOOD, null);

    assertThat(sessions().open(ADA, signedIn, null, null)).isEmpty();
    assertThat(sessions().of("ada")).isEmpty();

    AdminUser removed = signedIn("ada", GOOD);
    accounts().remove(ADMIN, "ada", false);
    assertThat(sessions().open(ADA, removed, null, null)).isEmpty();
    add("ada", Role.VIEWER);
    assertThat(sessions().open(ADA, removed, null, null)).isEmpty();
    assertThat(sessions().of("ada")).isEmpty();
  }

  @Test
  @DisplayName("D2 whoever knows the old password can't undo a reset with it")
  void aResetIsNotOverwrittenByTheOldPassword() {
    String old = Objects.requireNonNull(accounts().add(ADMIN, "ada", Role.VIEWER).secret());
    AdminUser signedIn = signedIn("ada", old);
    String reset = Objects.requireNonNull(accounts().resetPassword(ADMIN, "ada").secret());

    assertThatThrownBy(() -> accounts().changePassword(ADA, signedIn, GOOD, null))
        .isInstanceOf(ConflictException.class);
    assertThat(signIn("ada", GOOD)).isEqualTo(AdminUsers.SignIn.Rejected.INSTANCE);
    assertThat(signedIn("ada", reset).mustChangePassword()).isTrue();
  }

  @Test
  @DisplayName("D2 a password that was right is forgotten with its user, whoever has the name next")
  void thePasswordOfSomebodyRemovedIsOver() {
    AdminUsers users = users();
    String old = Objects.requireNonNull(accounts().add(ADMIN, "ada", Role.VIEWER).secret());
    BasicCredentials credentials = new BasicCredentials("ada", old);
    assertThat(users.signIn(credentials, "10.0.0.2"))
        .isInstanceOf(AdminUsers.SignIn.Accepted.class);

    accounts().remove(ADMIN, "ada", false);
    add("ada", Role.ADMIN);

    assertThat(users.signIn(credentials, "10.0.0.2"))
        .isEqualTo(AdminUsers.SignIn.Rejected.INSTANCE);
  }

  @Test
  @DisplayName("links that wait are taken back with the role, or the person, that made them")
  void takesBackTheLinksOfWhomItRemovesOrDemotes() {
    add("ada", Role.VIEWER);
    add("bob", Role.OPERATOR);
    String thirdParty = registered();
    String adas = link(ADA, thirdParty);
    link(new Actor("bob", "10.0.0.3"), thirdParty);
    accounts().changeRole(ADMIN, "ada", Role.OPERATOR, false);
    assertThat(waiting(thirdParty)).containsExactlyInAnyOrder("ada", "bob");

    accounts().changeRole(ADMIN, "ada", Role.VIEWER, false);
    assertThat(waiting(thirdParty)).containsExactly("bob");
    assertThat(administration().handovers().open(adas, "10.0.0.9"))
        .isEqualTo(HandoverOutcome.Unknown.INSTANCE);

    accounts().remove(ADMIN, "bob", false);
    assertThat(waiting(thirdParty)).isEmpty();
    assertThat(actions()).filteredOn("handover.withdraw"::equals).hasSize(2);
  }

  private String registered() {
    ThirdPartyDraft draft =
        new ThirdPartyDraft(
            "Express", Authorization.MANUAL, null, null, null, List.of(), List.of(), true);
    return administration().thirdParties().create(ADMIN, draft, null).resource().id();
  }

  private String link(Actor actor, String thirdParty) {
    HandoverDraft draft =
        new HandoverDraft(null, new TokenDraft(null, null, null, null), false, null);
    return Objects.requireNonNull(
        administration().handovers().create(actor, thirdParty, draft, null).secret());
  }

  private List<String> waiting(String thirdParty) {
    return administration().handovers().list(thirdParty).stream()
        .map(HandoverView::createdBy)
        .toList();
  }

  @RepeatedTest(5)
  @DisplayName("D3 of a sign-in and a reset at once no session is left")
  void aResetEndsASessionThatIsJustBeingOpened() throws Exception {
    String old = Objects.requireNonNull(accounts().add(ADMIN, "ada", Role.VIEWER).secret());
    AdminUser signedIn = signedIn("ada", old);
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try {
      Callable<Boolean> opens = () -> sessions().open(ADA, signedIn, null, null).isPresent();
      Callable<Boolean> resets = () -> accounts().resetPassword(ADMIN, "ada").secret() != null;
      for (Future<Boolean> each :
          threads.invokeAll(List.of(opens, opens, resets, opens, opens), 60, TimeUnit.SECONDS)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sessions().of("ada")).isEmpty();
  }

  @Test
  void lastAdminStays() {
    Actor program = new Actor("third-party:x", "10.0.0.9");
    for (Actor actor : List.of(ADMIN, program)) {
      assertThatThrownBy(() -> accounts().remove(actor, "admin", false))
          .isInstanceOf(ConflictException.class);
      assertThatThrownBy(() -> accounts().changeRole(actor, "admin", Role.VIEWER, false))
          .isInstanceOf(ConflictException.class);
    }
    add("ada", Role.ADMIN);
    accounts().changeRole(ADA, "admin", Role.VIEWER, false);
    assertThatThrownBy(() -> accounts().changeRole(program, "ada", Role.OPERATOR, false))
        .isInstanceOf(ConflictException.class);
  }

  @RepeatedTest(5)
  @DisplayName("two admins who remove each other at once leave one")
  void oneOfTwoAdminsStays() throws Exception {
    Actor bob = new Actor("bob", "10.0.0.3");
    add("ada", Role.ADMIN);
    add("bob", Role.ADMIN);
    accounts().remove(ADA, "admin", false);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Boolean>> both = List.of(() -> removes(ADA, "bob"), () -> removes(bob, "ada"));
      threads.invokeAll(both, 60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    assertThat(accounts().all()).hasSize(1);
  }

  private boolean removes(Actor actor, String name) {
    try {
      accounts().remove(actor, name, false);
      return true;
    } catch (ConflictException lastOne) {
      return false;
    }
  }

  private void add(String name, Role role) {
    accounts().add(ADMIN, name, role);
  }

  private String open(Actor user, @Nullable String userAgent, @Nullable String before) {
    return sessions().open(user, present(user.name()), userAgent, before).orElseThrow().cookie();
  }

  private static int statusOf(Sessions sessions, String cookie, String address) {
    try {
      return sessions.find(cookie, address).isPresent() ? 200 : 401;
    } catch (CrowdedException refused) {
      return refused.status();
    }
  }

  private Optional<OpenSession> find(@Nullable String cookie) {
    return sessions().find(cookie, "10.0.0.1");
  }

  private void changePassword(String password, @Nullable String session) {
    accounts().changePassword(ADMIN, present("admin"), password, session);
  }

  private AdminUser present(String name) {
    return accounts().all().stream()
        .filter(user -> user.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private AdminUser signedIn(String name, String password) {
    AdminUsers.SignIn signIn = signIn(name, password);
    assertThat(signIn).isInstanceOf(AdminUsers.SignIn.Accepted.class);
    return ((AdminUsers.SignIn.Accepted) signIn).user();
  }

  private AdminUsers.SignIn signIn(String name, String password) {
    return users().signIn(new BasicCredentials(name, password), "10.0.0.1");
  }

  private AdminUsers users() {
    return new AdminUsers(
        administration().database(),
        administration().audit(),
        random,
        clock,
        Ticker.systemTicker(),
        hashes);
  }

  private Sessions sessions() {
    return new Sessions(administration().commands(), random);
  }

  private Accounts accounts() {
    return new Accounts(administration().commands(), random, home, hashes);
  }

  private Administration administration() {
    return Objects.requireNonNull(opened);
  }

  private List<String> actions() {
    return administration()
        .audit()
        .list(AuditFilter.ALL, new PageRequest(200, null))
        .items()
        .stream()
        .map(AuditEventView::action)
        .toList();
  }

  private void pass(Duration time) {
    clock.pass(time);
  }
}
