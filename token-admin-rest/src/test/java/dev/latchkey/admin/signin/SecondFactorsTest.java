package dev.latchkey.admin.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.admin.signin.AdminUsers.SignIn;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.AuditEventView;
import dev.latchkey.core.administer.AuditFilter;
import dev.latchkey.core.administer.ConflictException;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.PageRequest;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Turning a second factor on, signing in with it, and turning it off. */
// issue 14, "Further": a second factor with recovery codes
class SecondFactorsTest {

  private static final Actor ADMIN = new Actor("admin", "10.0.0.1");
  private static final Actor ADA = new Actor("ada", "10.0.0.2");

  private final SecureRandom random = new SecureRandom();
  private final PasswordHash hashes = new PasswordHash(random, 1000);
  private final MovedClock clock = new MovedClock();
  private long nanos;

  @TempDir Path home;

  private @Nullable Administration opened;
  private @Nullable AdminUsers users;
  private String password = "";

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
    users =
        new AdminUsers(
            administration.database(), administration.audit(), random, clock, () -> nanos, hashes);
    password =
        Objects.requireNonNull(
            new Accounts(administration.commands(), random, home, hashes)
                .add(ADMIN, "ada", Role.OPERATOR)
                .secret());
  }

  @AfterEach
  void close() {
    assertThat(administration().audit().verify(null).firstBroken()).isNull();
    administration().close();
  }

  @Test
  void countsFromTheFirstRightCodeOn() {
    Totp totp = secondFactors().offer(ADA, ada());
    assertThat(ada().secondFactorOn()).isFalse();
    assertThatThrownBy(() -> secondFactors().confirm(ADA, "000000x", null))
        .isInstanceOf(InvalidInputException.class);
    assertThat(ada().secondFactorOn()).isFalse();

    List<String> codes = secondFactors().confirm(ADA, codeOf(totp), null);

    assertThat(codes).hasSize(10);
    assertThat(ada().secondFactorOn()).isTrue();
    assertThat(ada().recoveryCodesLeft()).isEqualTo(10);
    assertThatThrownBy(() -> secondFactors().offer(ADA, ada()))
        .isInstanceOf(ConflictException.class);
    assertThat(actions()).startsWith("second-factor.on");
  }

  @Test
  @DisplayName("a code works once, also the one that has turned it on")
  void takesACodeOnce() {
    Totp totp = turnedOn();
    assertThat(users().withCode(ada(), codeOf(totp), "10.0.0.2"))
        .isEqualTo(SignIn.Rejected.INSTANCE);
    clock.pass(Duration.ofSeconds(30));

    assertThat(users().withCode(ada(), codeOf(totp), "10.0.0.2"))
        .isInstanceOf(SignIn.Accepted.class);
    assertThat(users().withCode(ada(), codeOf(totp), "10.0.0.2"))
        .isEqualTo(SignIn.Rejected.INSTANCE);
  }

  @Test
  @DisplayName("five wrong codes, from whatever addresses, make the next ones wait")
  void slowsDownWhoeverGuessesCodes() {
    Totp totp = turnedOn();
    clock.pass(Duration.ofSeconds(30));
    for (int i = 0; i < 5; i++) {
      assertThat(users().withCode(ada(), "wrong", "10.0.1." + i))
          .isEqualTo(SignIn.Rejected.INSTANCE);
    }
    assertThat(users().withCode(ada(), codeOf(totp), "10.0.2.1"))
        .isEqualTo(new SignIn.TooMany(Duration.ofSeconds(1)));
    nanos += Duration.ofSeconds(1).toNanos();
    assertThat(users().withCode(ada(), codeOf(totp), "10.0.2.1"))
        .isInstanceOf(SignIn.Accepted.class);
    assertThat(users().withCode(ada(), "wrong", "10.0.2.1")).isEqualTo(SignIn.Rejected.INSTANCE);
  }

  @Test
  void takesEachRecoveryCodeOnce() {
    Totp totp = secondFactors().offer(ADA, ada());
    List<String> codes = secondFactors().confirm(ADA, codeOf(totp), null);

    assertThat(users().withCode(ada(), codes.get(4), "10.0.0.2"))
        .isInstanceOf(SignIn.Accepted.class);
    assertThat(users().withCode(ada(), codes.get(4), "10.0.0.2"))
        .isEqualTo(SignIn.Rejected.INSTANCE);

    assertThat(ada().recoveryCodesLeft()).isEqualTo(9);
    assertThat(actions()).startsWith("sign-in.refused", "recovery-code.use", "second-factor.on");
  }

  @Test
  @DisplayName("it is turned off by its owner, or by an admin who ends their sessions")
  void isTurnedOff() {
    turnedOn();
    secondFactors().turnOff(ADA, ada());
    assertThat(ada().secondFactorOn()).isFalse();
    assertThat(users().withCode(ada(), "000000", "10.0.0.2")).isEqualTo(SignIn.Rejected.INSTANCE);

    turnedOn();
    assertThat(sessions().open(ADA, ada(), null, null)).isPresent();
    assertThatThrownBy(() -> secondFactors().reset(ADA, "ada"))
        .isInstanceOf(ConflictException.class);
    secondFactors().reset(ADMIN, "ada");
    assertThat(ada().secondFactorOn()).isFalse();
    assertThat(sessions().of("ada")).isEmpty();
    assertThat(actions()).startsWith("second-factor.reset", "sign-in", "second-factor.on");
  }

  @Test
  @DisplayName("D3 a sign-in without a code opens no session once there is a second factor")
  void opensNoSessionForASignInFromBefore() {
    AdminUser before = ada();
    turnedOn();
    assertThat(sessions().open(ADA, before, null, null)).isEmpty();
  }

  private Totp turnedOn() {
    Totp totp = secondFactors().offer(ADA, ada());
    secondFactors().confirm(ADA, codeOf(totp), null);
    return totp;
  }

  // By the standard, not by the code that is tested (RFC 4226 §5.4).
  private String codeOf(Totp totp) {
    try {
      byte[] step = ByteBuffer.allocate(8).putLong(clock.instant().getEpochSecond() / 30).array();
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(decoded(totp.text()), "HmacSHA1"));
      byte[] hash = mac.doFinal(step);
      int number = ByteBuffer.wrap(hash).getInt(hash[19] & 0xf) & Integer.MAX_VALUE;
      return String.format(Locale.ROOT, "%06d", number % 1_000_000);
    } catch (java.security.GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] decoded(String base32) {
    java.math.BigInteger number = java.math.BigInteger.ZERO;
    for (int i = 0; i < base32.length(); i++) {
      char c = base32.charAt(i);
      number =
          number.shiftLeft(5).add(java.math.BigInteger.valueOf(c < 'A' ? c - '2' + 26 : c - 'A'));
    }
    byte[] bytes = number.toByteArray();
    byte[] secret = new byte[20];
    int length = Math.min(20, bytes.length);
    System.arraycopy(bytes, bytes.length - length, secret, 20 - length, length);
    return secret;
  }

  private AdminUser ada() {
    SignIn signIn = users().signIn(new BasicCredentials("ada", password), "10.0.0.2");
    assertThat(signIn).isInstanceOf(SignIn.Accepted.class);
    return ((SignIn.Accepted) signIn).user();
  }

  private AdminUsers users() {
    return Objects.requireNonNull(users);
  }

  private SecondFactors secondFactors() {
    return new SecondFactors(administration().commands(), random);
  }

  private Sessions sessions() {
    return new Sessions(administration().commands(), random);
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
}
