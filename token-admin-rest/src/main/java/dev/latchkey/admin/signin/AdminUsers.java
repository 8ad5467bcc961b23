package dev.latchkey.admin.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.admission.Admission;
import dev.latchkey.admin.admission.CrowdedException;
import dev.latchkey.admin.admission.Fingerprint;
import dev.latchkey.admin.problem.ProblemMapper;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.AuditTrail;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.thirdparty.ClientAddress;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The people who administer, and their passwords. A password that was right is remembered for a
 * while, as a keyed hash, so that a client which sends it with every request does not pay for the
 * slow hash each time. Thread-safe.
 */
public final class AdminUsers {

  private static final Logger LOG = System.getLogger(AdminUsers.class.getName());
  private static final Duration REMEMBERED = Duration.ofMinutes(5);
  private static final int MOST_REMEMBERED = 1000;
  private static final String UNKNOWN = "(unknown)";

  // Of each kind of caller. So few, because each holds a thread of the server.
  private static final int WAITING = 8;
  private static final int SHARE = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Database database;
  private final AuditTrail audit;
  private final PasswordHash hashes;
  private final Clock clock;
  private final Throttle throttle;
  private final String nobodysHash;
  private final SecretKeySpec memoKey;
  private final Admission strangers;
  private final Admission familiar;
  private final Cache<String, String> remembered;
  private final FailureFold refusals;
  private final FailureFold failures;

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
    this.refusals = new FailureFold(ticker);
    this.failures = new FailureFold(ticker);
    // Strangers get half of the cores, so that checks of tokens have the other half.
    int permits = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    this.strangers = new Admission(permits, WAITING, SHARE, PATIENCE, true);
    this.familiar = new Admission(permits, WAITING, SHARE, PATIENCE);
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
   * @param credentials as they were sent
   * @param address where they are
   * @throws CrowdedException when too many sign in at once. Whoever has signed in from their
   *     address within a week has places of their own to wait in
   * @throws PersistenceException when the database does not answer
   */
  SignIn signIn(BasicCredentials credentials, String address) {
    return signIn(credentials, address, false);
  }

  /**
   * Looks at the password of somebody who is signed in already; otherwise as {@link #signIn}.
   *
   * @param credentials the name is theirs
   */
  SignIn signInAgain(BasicCredentials credentials, String address) {
    return signIn(credentials, address, true);
  }

  /**
   * Does work that hashes a password of somebody who is signed in, when it is their turn.
   *
   * @throws CrowdedException when too many such requests are under way; the work was not begun
   */
  void hashing(Actor actor, Runnable work) {
    familiar.<Boolean>inTurn(
        Fingerprint.of(ClientAddress.place(actor.address()), actor.name()),
        () -> {
          work.run();
          return true;
        });
  }

  private SignIn signIn(BasicCredentials sent, String address, boolean signedIn) {
    Optional<BasicCredentials> possible = sent.prepared();
    if (possible.isEmpty()) {
      return SignIn.Rejected.INSTANCE;
    }
    BasicCredentials credentials = possible.get();
    Duration wait = throttle.delay(credentials.name(), address);
    if (wait.toNanos() > 0) {
      return new SignIn.TooMany(wait);
    }
    Optional<AdminUser> known = remembered(credentials);
    if (known.isPresent()) {
      return accepted(known.get(), address);
    }
    return inTurn(
        credentials.name(),
        address,
        signedIn,
        () -> lookedAt(credentials, sent.password(), address));
  }

  private SignIn lookedAt(BasicCredentials credentials, String unprepared, String address) {
    // Another request of theirs may have been first.
    Optional<AdminUser> known = remembered(credentials);
    if (known.isPresent()) {
      return accepted(known.get(), address);
    }
    Optional<AdminUser> user = user(credentials.name());
    return authenticated(user, credentials, unprepared)
        .map(right -> accepted(right, address))
        .orElseGet(() -> rejected(user, credentials.name(), address));
  }

  private SignIn inTurn(String name, String address, boolean signedIn, Supplier<SignIn> work) {
    String place = ClientAddress.place(address);
    if (signedIn || throttle.signedInLately(name, address)) {
      return familiar.inTurn(Fingerprint.of(place, name), work);
    }
    Admission lane = throttle.signedInLately(address) ? familiar : strangers;
    return lane.inTurn(Fingerprint.of(place), work);
  }

  /**
   * Looks at a code of somebody's second factor, and uses it up.
   *
   * @param user whose password was right just now, and who has a second factor
   * @param code of their authenticator, or a recovery code
   */
  SignIn withCode(AdminUser user, String code, String address) {
    Duration wait = throttle.beginCode(user.name());
    if (wait.toNanos() > 0) {
      return new SignIn.TooMany(wait);
    }
    Actor actor = new Actor(user.name(), address);
    boolean right = database.transact(em -> usedUp(em, user, code, actor));
    if (right) {
      throttle.codeRight(user.name());
      return new SignIn.Accepted(user);
    }
    record(failures, actor, "sign-in.refused", Map.of("reason", "second factor"));
    return SignIn.Rejected.INSTANCE;
  }

  private boolean usedUp(EntityManager em, AdminUser user, String code, Actor actor) {
    AdminUser locked = em.find(AdminUser.class, user.name(), LockModeType.PESSIMISTIC_WRITE);
    if (locked == null || !locked.hasPasswordOf(user)) {
      return false;
    }
    int left = locked.recoveryCodesLeft();
    boolean right = locked.takeCode(code, clock.instant());
    if (locked.recoveryCodesLeft() < left) {
      audit.record(em, actor, "recovery-code.use", null, null, Map.of("left", left - 1));
    }
    return right;
  }

  private SignIn accepted(AdminUser user, String address) {
    throttle.succeeded(user.name(), address);
    return new SignIn.Accepted(user);
  }

  private SignIn rejected(Optional<AdminUser> user, String name, String address) {
    throttle.failed(name, address);
    String known = user.map(AdminUser::name).orElse(UNKNOWN);
    record(failures, new Actor(known, address), "sign-in.refused", Map.of());
    return SignIn.Rejected.INSTANCE;
  }

  /**
   * Puts a refused attempt into the audit trail; of many by one actor, ever fewer ({@link
   * FailureFold}).
   */
  void recordRefusal(Actor actor, Map<String, String> detail) {
    record(refusals, actor, "api.refused", detail);
  }

  private void record(FailureFold fold, Actor actor, String action, Map<String, String> what) {
    OptionalLong leftOut = fold.next(actor.name(), actor.address());
    if (leftOut.isEmpty()) {
      return;
    }
    Map<String, Object> detail = new LinkedHashMap<>(what);
    if (leftOut.getAsLong() > 0) {
      detail.put("leftOut", leftOut.getAsLong());
    }
    boolean written = false;
    try {
      audit.committed(database.transact(em -> audit.record(em, actor, action, null, null, detail)));
      written = true;
    } finally {
      if (!written) {
        fold.notWritten(actor.name(), leftOut.getAsLong());
      }
    }
  }

  // A database may take a name for the same that differs in a space behind it, and not every one
  // takes every character.
  private Optional<AdminUser> user(String name) {
    return Accounts.isName(name)
        ? Optional.ofNullable(database.read(em -> em.find(AdminUser.class, name)))
            .filter(user -> user.name().equals(name))
        : Optional.empty();
  }

  /** Whose password was right a short while ago, and still is theirs. */
  private Optional<AdminUser> remembered(BasicCredentials credentials) {
    // The hash, not the version of the row: that begins anew for somebody new of the same name.
    String hash = remembered.getIfPresent(memo(credentials));
    return hash == null
        ? Optional.empty()
        : user(credentials.name()).filter(user -> user.passwordHash().equals(hash));
  }

  /**
   * Whose password it is.
   *
   * @param unprepared the password as it was sent: hashes of before were made of that
   */
  private Optional<AdminUser> authenticated(
      Optional<AdminUser> user, BasicCredentials credentials, String unprepared) {
    // As long for a name that nobody has.
    String hash = user.map(AdminUser::passwordHash).orElse(nobodysHash);
    boolean right = hashes.matches(credentials.password(), hash);
    boolean outdated = right && hashes.isOutdated(hash);
    if (!right && !unprepared.equals(credentials.password())) {
      right = hashes.matches(unprepared, hash);
      outdated = right;
    }
    if (user.isEmpty() || !right) {
      return Optional.empty();
    }
    Optional<AdminUser> present = outdated ? rehashed(user.get(), credentials.password()) : user;
    present.ifPresent(found -> remembered.put(memo(credentials), found.passwordHash()));
    return present;
  }

  /** The same user with a hash of today; nobody when they have another password by now. */
  private Optional<AdminUser> rehashed(AdminUser user, String password) {
    String hash = hashes.of(password);
    try {
      database.<Boolean>transact(
          em -> {
            AdminUser locked =
                em.find(AdminUser.class, user.name(), LockModeType.PESSIMISTIC_WRITE);
            if (locked != null && locked.hasPasswordOf(user)) {
              locked.password(hash, locked.mustChangePassword());
            }
            return true;
          });
    } catch (PersistenceException notNow) {
      // The password is right all the same, and the next sign-in tries again.
      LOG.log(Level.DEBUG, "an old hash of a password was not replaced", notNow);
    }
    // Another request with the same password may have been first.
    return user(user.name())
        .filter(
            present ->
                present.passwordHash().equals(hash)
                    || present.hasPasswordOf(user)
                    || hashes.matches(password, present.passwordHash()));
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
