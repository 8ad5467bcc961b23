package dev.latchkey.admin.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.AuditTrail;
import dev.latchkey.core.store.Database;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The people who administer, and their passwords. A password that was right is remembered for a
 * while, as a keyed hash, so that a client which sends it with every request does not pay for the
 * slow hash each time. Thread-safe.
 */
public final class AdminUsers {

  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final int MOST_REMEMBERED = 1000;
  private static final int AT_ONCE = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_PASSWORD = 128;

  private final Database database;
  private final AuditTrail audit;
  private final PasswordHash hashes;
  private final Throttle throttle;
  private final String nobodysHash;
  private final SecretKeySpec memoKey;
  private final Semaphore computing = new Semaphore(AT_ONCE, true);
  private final Cache<String, String> remembered;
  private final Clock clock;
  private final Flood refusals = new Flood();
  private final Flood failures = new Flood();

  /** The people in a database. */
  public AdminUsers(
      Database database, AuditTrail audit, SecureRandom random, Clock clock, Ticker ticker) {
    this(database, audit, random, clock, ticker, new PasswordHash(random, PasswordHash.ROUNDS));
  }

  AdminUsers(
      Database database,
      AuditTrail audit,
      SecureRandom random,
      Clock clock,
      Ticker ticker,
      PasswordHash hashes) {
    this.database = database;
    this.audit = audit;
    this.hashes = hashes;
    this.clock = clock;
    this.throttle = new Throttle(ticker);
    byte[] key = new byte[32];
    random.nextBytes(key);
    this.memoKey = new SecretKeySpec(key, "HmacSHA256");
    this.nobodysHash = hashes.of(HexFormat.of().formatHex(key));
    this.remembered =
        Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** The outcome of a sign-in. */
  sealed interface SignIn {

    /**
     * It is them.
     *
     * @param user as they were when the password was looked at
     */
    record Accepted(AdminUser user) implements SignIn {

      Role role() {
        return user.role();
      }
    }

    /** It is not. */
    enum Rejected implements SignIn {
      /** The one: whether the name or the password is wrong is not told. */
      INSTANCE
    }

    /** Too many failures; nothing was looked at. */
    record TooMany(Duration delay) implements SignIn {

      /** 429. */
      Response response() {
        return ProblemMapper.problem(
                429, "There were too many failed sign-ins. Wait, then try again.")
            .header(HttpHeaders.RETRY_AFTER, Math.max(1, delay.toSeconds() + 1))
            .build();
      }
    }
  }

  /**
   * Signs somebody in.
   *
   * @param address where they are
   */
  SignIn signIn(BasicCredentials credentials, String address) {
    Duration wait = throttle.delay(credentials.name(), address);
    if (wait.toNanos() > 0) {
      return new SignIn.TooMany(wait);
    }
    @Nullable AdminUser user = user(credentials.name());
    Optional<Boolean> matches = matches(credentials, user);
    if (matches.isEmpty()) {
      return new SignIn.TooMany(PATIENCE);
    }
    if (matches.get() && user != null) {
      throttle.succeeded(credentials.name(), address);
      return new SignIn.Accepted(user);
    }
    throttle.failed(credentials.name(), address);
    Actor actor =
        new Actor(Optional.ofNullable(user).map(AdminUser::name).orElse("(unknown)"), address);
    record(failures, actor, "sign-in.refused", Map.of());
    return SignIn.Rejected.INSTANCE;
  }

  /** Puts a refused attempt into the audit trail; of a flood of them, one a second. */
  void recordRefusal(Actor actor, Map<String, String> detail) {
    record(refusals, actor, "api.refused", detail);
  }

  private void record(Flood flood, Actor actor, String action, Map<String, String> what) {
    OptionalLong leftOut = flood.next(clock.millis());
    if (leftOut.isEmpty()) {
      return;
    }
    Map<String, Object> detail = new LinkedHashMap<>(what);
    if (leftOut.getAsLong() > 0) {
      detail.put("leftOut", leftOut.getAsLong());
    }
    database.<Boolean>transact(
        em -> {
          audit.record(em, actor, action, null, null, detail);
          return true;
        });
  }

  private @Nullable AdminUser user(String name) {
    // Not every database takes every character for one of a text.
    return name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)
        ? null
        : database.read(em -> em.find(AdminUser.class, name));
  }

  /** Whether the password is that of the user; empty when too many are being checked. */
  private Optional<Boolean> matches(BasicCredentials credentials, @Nullable AdminUser user) {
    // HMAC takes a password with zeros behind it for the same; RFC 7617 §2 has no such characters.
    boolean possible =
        credentials.password().length() <= LONGEST_PASSWORD
            && credentials.password().chars().noneMatch(Character::isISOControl);
    if (!possible) {
      return Optional.of(false);
    }
    String memo = memo(credentials);
    // The hash, not the version of the row: that begins anew for somebody new of the same name.
    String hash = remembered.getIfPresent(memo);
    if (hash != null && user != null && hash.equals(user.passwordHash())) {
      return Optional.of(true);
    }
    // As long for a name that nobody has.
    Optional<Boolean> matches =
        computed(credentials.password(), user == null ? nobodysHash : user.passwordHash());
    if (user != null && matches.orElse(false)) {
      remembered.put(memo, user.passwordHash());
    }
    return matches;
  }

  private Optional<Boolean> computed(String password, String hash) {
    try {
      if (!computing.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return Optional.of(hashes.matches(password, hash));
    } finally {
      computing.release();
    }
  }

  private String memo(BasicCredentials credentials) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(memoKey);
      mac.update(
          (credentials.name().length() + ":" + credentials.name())
              .getBytes(StandardCharsets.UTF_8));
      return HexFormat.of()
          .formatHex(mac.doFinal(credentials.password().getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }
}
