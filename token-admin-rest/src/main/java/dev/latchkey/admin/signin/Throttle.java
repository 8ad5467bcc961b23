package dev.latchkey.admin.signin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.admission.Fingerprint;
import dev.latchkey.core.thirdparty.ClientAddress;
import java.time.Duration;

/**
 * Slows failed sign-ins down, by account and address together and by address alone, never by
 * account alone: nobody can lock the owner of an account out. Nor can whoever shares an address
 * with them, such as a proxy that is not told of, when they have signed in from it lately. Its keys
 * are of fixed size, and their number is bounded: at most 5 MB, whatever strangers send.
 * Thread-safe.
 */
final class Throttle {

  private static final int FREE_FAILURES = 5;
  private static final int FREE_FAILURES_OF_ADDRESS = 20;
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final Duration LATELY = Duration.ofDays(7);
  private static final int MOST_TRACKED = 20_000;
  private static final int MOST_DOUBLINGS = 20;

  private final Ticker ticker;
  private final Cache<Fingerprint, Failures> tracked;
  private final Cache<Fingerprint, Boolean> signedInLately;

  Throttle(Ticker ticker) {
    this.ticker = ticker;
    this.tracked =
        Caffeine.newBuilder()
            .maximumSize(MOST_TRACKED)
            .expireAfterWrite(LONGEST.multipliedBy(2))
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
    this.signedInLately =
        Caffeine.newBuilder()
            .maximumSize(MOST_TRACKED)
            .expireAfterWrite(LATELY)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  private record Failures(int count, long untilNanos) {}

  /** How long to wait before the next try; nothing when there may be one now. */
  Duration delay(String account, String address) {
    Fingerprint both = both(account, address);
    long nanos = nanosLeft(both);
    return Duration.ofNanos(
        signedInLately.getIfPresent(both) == null
            ? Math.max(nanos, nanosLeft(place(address)))
            : nanos);
  }

  /** A try has failed. */
  void failed(String account, String address) {
    add(both(account, address), FREE_FAILURES);
    add(place(address), FREE_FAILURES_OF_ADDRESS);
  }

  /** A try has succeeded. */
  void succeeded(String account, String address) {
    tracked.invalidate(both(account, address));
    signedInLately.put(both(account, address), true);
    signedInLately.put(place(address), true);
  }

  /**
   * Begins a try of a code of an account's second factor, and counts it as failed until {@link
   * #codeRight}: many tries at once count as many. By account alone, since whoever tries codes
   * knows the password.
   *
   * @return how long to wait before the try; nothing when it may be made now
   */
  synchronized Duration beginCode(String account) {
    Fingerprint key = code(account);
    long nanos = nanosLeft(key);
    if (nanos <= 0) {
      add(key, FREE_FAILURES);
    }
    return Duration.ofNanos(Math.max(0, nanos));
  }

  /** A code was right. */
  void codeRight(String account) {
    tracked.invalidate(code(account));
  }

  private static Fingerprint code(String account) {
    return Fingerprint.of("second factor", account, "");
  }

  /** Whether this account was signed in to from this address within a week. */
  boolean signedInLately(String account, String address) {
    return signedInLately.getIfPresent(both(account, address)) != null;
  }

  /** Whether anybody has signed in from this address within a week. */
  boolean signedInLately(String address) {
    return signedInLately.getIfPresent(place(address)) != null;
  }

  private long nanosLeft(Fingerprint key) {
    Failures failures = tracked.getIfPresent(key);
    return failures == null ? 0 : failures.untilNanos - ticker.read();
  }

  private void add(Fingerprint key, int free) {
    tracked
        .asMap()
        .compute(
            key,
            (same, before) -> {
              int count = before == null ? 1 : before.count + 1;
              return new Failures(count, ticker.read() + delay(count - free).toNanos());
            });
  }

  // A second, two, four …
  private static Duration delay(int tooMany) {
    if (tooMany < 0) {
      return Duration.ZERO;
    }
    Duration delay = Duration.ofSeconds(1L << Math.min(tooMany, MOST_DOUBLINGS));
    return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
  }

  private static Fingerprint both(String account, String address) {
    return Fingerprint.of(ClientAddress.place(address), account);
  }

  private static Fingerprint place(String address) {
    return Fingerprint.of(ClientAddress.place(address));
  }
}
