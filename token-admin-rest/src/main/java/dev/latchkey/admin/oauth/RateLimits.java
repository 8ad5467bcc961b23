package dev.latchkey.admin.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.thirdparty.ClientAddress;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/**
 * How often OAuth endpoints may be called. Each address has a budget of requests and a smaller one
 * of failed authentications; each client has one of its own, which only requests with right
 * credentials spend, so that nobody can use up somebody else's. Bounded in memory however many
 * addresses come: keys have a fixed size, and the oldest of a kind are forgotten. Thread-safe.
 */
final class RateLimits {

  /** How many budgets are kept at once. */
  static final int MOST_TRACKED = 100_000;

  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private static final Bandwidth REQUESTS_OF_ADDRESS = limit(2000, 200);
  private static final Bandwidth FAILURES_OF_ADDRESS = limit(100, 1);
  private static final Bandwidth REQUESTS_OF_CLIENT = limit(1000, 100);
  private static final Bandwidth REPORTS_OF_ADDRESS = limit(60, 1);

  private final TimeMeter time;
  private final Cache<Key, Bucket> buckets;

  RateLimits(Ticker ticker) {
    this.time =
        new TimeMeter() {
          @Override
          public long currentTimeNanos() {
            return ticker.read();
          }

          @Override
          public boolean isWallClockBased() {
            return false;
          }
        };
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(MOST_TRACKED)
            .expireAfterAccess(REMEMBERED)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  private enum Kind {
    REQUESTS,
    FAILURES,
    CLIENT,
    REPORTS
  }

  /** The first bits of a hash, so that a key is small whatever it is of. */
  private record Key(Kind kind, long first, long second) {}

  /** Too many requests. */
  static final class ExceededException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Duration delay;

    ExceededException(long nanos) {
      super("too many requests", null, false, false);
      this.delay = Duration.ofNanos(nanos);
    }

    /** How long to wait. */
    Duration delay() {
      return delay;
    }
  }

  /**
   * Counts a request from an address.
   *
   * @throws ExceededException when there were too many, or too many that failed
   */
  void request(String address) {
    spend(Kind.REQUESTS, ClientAddress.place(address), REQUESTS_OF_ADDRESS);
    EstimationProbe failures =
        bucket(Kind.FAILURES, ClientAddress.place(address), FAILURES_OF_ADDRESS)
            .estimateAbilityToConsume(1);
    if (!failures.canBeConsumed()) {
      throw new ExceededException(failures.getNanosToWaitForRefill());
    }
  }

  /** Counts an authentication from an address that failed. */
  void failed(String address) {
    bucket(Kind.FAILURES, ClientAddress.place(address), FAILURES_OF_ADDRESS).tryConsume(1);
  }

  /**
   * Counts a request of a client that has authenticated itself.
   *
   * @throws ExceededException when there were too many
   */
  void client(String clientId) {
    spend(Kind.CLIENT, clientId, REQUESTS_OF_CLIENT);
  }

  /**
   * Counts a report of leaked tokens.
   *
   * @throws ExceededException when there were too many
   */
  void report(String address) {
    spend(Kind.REPORTS, ClientAddress.place(address), REPORTS_OF_ADDRESS);
  }

  /** How many budgets are kept. */
  long tracked() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }

  private void spend(Kind kind, String of, Bandwidth limit) {
    ConsumptionProbe probe = bucket(kind, of, limit).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      throw new ExceededException(probe.getNanosToWaitForRefill());
    }
  }

  private Bucket bucket(Kind kind, String of, Bandwidth limit) {
    return buckets.get(
        key(kind, of),
        same -> Bucket.builder().addLimit(limit).withCustomTimePrecision(time).build());
  }

  private static Key key(Kind kind, String of) {
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(of.getBytes(StandardCharsets.UTF_8)));
      return new Key(kind, hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new IllegalStateException(everyJavaPlatformHasIt);
    }
  }

  private static Bandwidth limit(long burst, long perSecond) {
    return Bandwidth.builder()
        .capacity(burst)
        .refillGreedy(perSecond, Duration.ofSeconds(1))
        .build();
  }
}
