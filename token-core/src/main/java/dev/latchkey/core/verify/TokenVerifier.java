package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.metrics.Histogram;
import dev.latchkey.core.store.Connections;
import dev.latchkey.core.store.OutageLog;
import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.store.Threads;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.token.TokenHasher;
import dev.latchkey.core.usage.Refusal;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.usage.UsageRecorder;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.Answer.Unusable;
import dev.latchkey.core.verify.Verdict.Refused;
import dev.latchkey.core.verify.Verdict.Unavailable;
import dev.latchkey.core.verify.VerdictCache.LookupFailedException;
import java.lang.System.Logger;
import java.time.Clock;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a token is active. Thread-safe.
 *
 * <p>A token seen before is answered from memory: one hash, one look-up, no I/O, no lock. The
 * memory is keyed by the token's public id; the answer holds the hash that the token must have. A
 * token that is not ours is refused without asking the database.
 */
public final class TokenVerifier implements AutoCloseable {

  private static final Logger LOG = System.getLogger(TokenVerifier.class.getName());
  private static final long LOOKUP_WAIT_SECONDS = 5;
  private static final int REFRESH_THREADS = 2;
  private static final int REFRESH_BACKLOG = 1000;
  private static final long IDLE_SECONDS = 30;
  private static final long FAILURE_REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final VerdictCache cache;
  private final Supplier<TagKeys> storedKeys;
  private final BiConsumer<RefusalReason, String> refusals;
  private final TimeOfDay time;
  private final TokenHasher hasher = new TokenHasher();
  private final ThreadPoolExecutor refresher;
  private volatile TagKeys tagKeys;
  private final OutageLog outage;
  private final Ticker ticker;
  private volatile long failedAt;
  private final LongAdder misses = new LongAdder();
  private final LongAdder unanswered = new LongAdder();

  TokenVerifier(
      LongFunction<Finding> store,
      Supplier<TagKeys> storedKeys,
      BiConsumer<RefusalReason, String> refusals,
      ThreadPoolExecutor refresher,
      Clock clock,
      Ticker ticker,
      TimeOfDay time,
      VerdictCache.Bounds bounds) {
    this.cache = new VerdictCache(store, refresher, ticker, bounds);
    this.storedKeys = storedKeys;
    this.refusals = refusals;
    this.refresher = refresher;
    this.time = time;
    this.ticker = ticker;
    this.outage =
        new OutageLog(
            LOG,
            clock,
            "tokens can't be looked up; those not in memory are answered 503",
            "tokens can be looked up again");
    this.tagKeys = storedKeys.get();
  }

  /**
   * A verifier with nothing in memory.
   *
   * @param source where tokens are looked up that are not in memory
   * @param database which has the tag keys
   * @throws StoreUnavailableException when the installation has no tag key yet
   * @throws dev.latchkey.core.store.DatabaseException when the database does not answer
   */
  public static TokenVerifier open(
      TokenSource source,
      Connections database,
      UsageRecorder usage,
      Settings settings,
      Clock clock,
      Ticker ticker,
      TimeOfDay time) {
    ThreadPoolExecutor refresher = refresher();
    return new TokenVerifier(
        new Findings(source, usage)::find,
        () ->
            database
                .ask(TagKeys::stored)
                .orElseThrow(
                    () ->
                        new StoreUnavailableException(
                            "the database has no tag key yet: start the admin WAR"
                                + " (token-admin-rest) on this database once, it creates one")),
        usage.refusals()::refused,
        refresher,
        clock,
        ticker,
        time,
        new VerdictCache.Bounds(
            settings.get(Key.CACHE_MAX_SIZE),
            settings.get(Key.CACHE_REFRESH_AFTER).toNanos(),
            settings.get(Key.CACHE_MAX_STALE).toNanos(),
            // Two connections are left for the feed and for what wakes it.
            settings.get(Key.JDBC_POOL_SIZE) - 2,
            TimeUnit.SECONDS.toNanos(LOOKUP_WAIT_SECONDS)));
  }

  /**
   * Whether the token is active now. Does not look at scopes and networks, and counts no use: what
   * a request needs is known to whoever asks. Counts what it refuses.
   */
  public Verdict verify(BearerToken token) {
    long ticks = ticks();
    return verify(token, ticks, millisAt(ticks));
  }

  /** What the ticker says now: the moment of a check, to be taken when it begins. */
  public long ticks() {
    return ticker.read();
  }

  /** The time of day, in milliseconds since 1970, of a check that began just now. */
  public long millisAt(long ticks) {
    return time.millisAt(ticks);
  }

  /**
   * Whether the token is active, for whoever has just looked at the clock.
   *
   * @param token may be {@link BearerToken#unchecked}. What is found in memory by its hash is a
   *     token that we have generated, so the grammar is looked at only when it is not found there;
   *     what is malformed is never asked for
   * @param ticks what {@link #ticks} has just said
   * @param nowMillis what {@link #millisAt} says of it
   */
  public Verdict verify(BearerToken token, long ticks, long nowMillis) {
    long number = TokenFormat.idOf(token);
    Long id = number;
    Answer answer = number == TokenFormat.NOT_OURS ? null : cache.get(id, ticks);
    if (answer == null) {
      return verifyUnseen(token, id);
    }
    Verdict verdict = verdict(answer, token, nowMillis);
    if (verdict == Refused.UNKNOWN && !token.isWellFormed()) {
      return Refused.MALFORMED;
    }
    cache.refreshIfDue(id, answer, ticks);
    if (verdict instanceof Refused refused) {
      count(refused, number);
    }
    return verdict;
  }

  private Verdict verifyUnseen(BearerToken token, Long id) {
    if (!token.isWellFormed()) {
      return Refused.MALFORMED;
    }
    if (id == TokenFormat.NOT_OURS || !TokenFormat.tagged(token, tagKeys)) {
      count(Refused.FOREIGN, id);
      return Refused.FOREIGN;
    }
    misses.increment();
    Answer answer = lookUp(id);
    if (answer == null) {
      unanswered.increment();
      return Unavailable.INSTANCE;
    }
    // The database may have taken its time, and the token's may be over.
    Verdict verdict = verdict(answer, token, millisAt(ticks()));
    if (verdict instanceof Refused refused) {
      count(refused, id);
    }
    return verdict;
  }

  /**
   * Whether an active token may be used by a request: from its third party's networks, and with the
   * client certificate that it is bound to. Counts what it refuses.
   *
   * @param address where the request comes from
   * @param certificate of the request, asked for only when the token is bound to one
   */
  public boolean accepts(
      Grant grant, String address, Supplier<@Nullable CertificateThumbprint> certificate) {
    if (!grant.from(address)) {
      refused(grant, RefusalReason.NETWORK);
      return false;
    }
    if (grant.bound() && !grant.usableWith(certificate.get())) {
      refused(grant, RefusalReason.CERTIFICATE);
      return false;
    }
    return true;
  }

  /** Counts that an active token was refused for what only the caller knows. */
  public void refused(Grant grant, RefusalReason reason) {
    refusals.accept(reason, grant.tokenId());
  }

  private void count(Refused refused, long id) {
    switch (refused) {
      // No token at all, so none that was refused.
      case MALFORMED -> {}
      case FOREIGN -> refusals.accept(RefusalReason.FOREIGN, Refusal.NO_TOKEN);
      case UNKNOWN -> refusals.accept(RefusalReason.UNKNOWN, Refusal.NO_TOKEN);
      case EXPIRED -> refusals.accept(RefusalReason.EXPIRED, TokenFormat.idText(id));
      case DEACTIVATED -> refusals.accept(RefusalReason.DEACTIVATED, TokenFormat.idText(id));
      case THIRD_PARTY_DISABLED ->
          refusals.accept(RefusalReason.THIRD_PARTY_DISABLED, TokenFormat.idText(id));
    }
  }

  /**
   * Whether the database could not be asked the last time that it had to be, a few seconds ago: a
   * node that gets no requests because it is not ready would never find out that it is again.
   */
  public boolean failing() {
    return outage.failing() && ticker.read() - failedAt < FAILURE_REMEMBERED_NANOS;
  }

  /** Checks so far that found no usable answer in memory. */
  public long misses() {
    return misses.sum();
  }

  /** Those of {@link #misses} that the database did not answer. */
  public long unanswered() {
    return unanswered.sum();
  }

  /** What the database has answered so far. */
  public Lookups lookups() {
    return cache.lookups();
  }

  /** How long the database took to answer. */
  public Histogram.Snapshot lookupSeconds() {
    return cache.lookupSeconds();
  }

  /** Active tokens in memory, about. */
  public long activeEntries() {
    return cache.admittingSize();
  }

  /** Refused token ids in memory, about. */
  public long refusedEntries() {
    return cache.refusingSize();
  }

  /** Forgets a token. */
  public void forgetToken(String tokenId) {
    cache.forget(TokenFormat.idOf(tokenId));
  }

  /** Forgets all tokens of a third party. */
  public void forgetThirdParty(String thirdPartyId) {
    cache.forgetThirdParty(thirdPartyId);
  }

  /** Forgets everything, and reads the tag keys again. */
  public void forgetAll() {
    cache.forgetAll();
    reloadTagKeys();
  }

  /** Reads the tag keys again. */
  public void reloadTagKeys() {
    tagKeys = storedKeys.get();
  }

  private Verdict verdict(Answer answer, BearerToken token, long nowMillis) {
    Finding finding = answer.finding();
    if (finding instanceof Grant grant) {
      if (!hasher.matches(token, grant.hash())) {
        return Refused.UNKNOWN;
      }
      return grant.over(nowMillis) ? Refused.EXPIRED : grant;
    }
    Unusable unusable = (Unusable) finding;
    TokenHash hash = unusable.hash();
    return hash == null || hasher.matches(token, hash) ? unusable.reason() : Refused.UNKNOWN;
  }

  private @Nullable Answer lookUp(Long id) {
    try {
      Answer answer = cache.lookUp(id);
      outage.worked();
      return answer;
    } catch (LookupFailedException unanswered) {
      failedAt = ticker.read();
      outage.failed(unanswered);
      return null;
    }
  }

  private static ThreadPoolExecutor refresher() {
    ThreadPoolExecutor refresher =
        new ThreadPoolExecutor(
            REFRESH_THREADS,
            REFRESH_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(REFRESH_BACKLOG),
            Threads.daemon("latchkey-refresh"));
    refresher.allowCoreThreadTimeOut(true);
    return refresher;
  }

  /** Stops refreshing in the background. */
  @Override
  public void close() {
    refresher.getQueue().clear();
    Threads.end(refresher);
  }
}
