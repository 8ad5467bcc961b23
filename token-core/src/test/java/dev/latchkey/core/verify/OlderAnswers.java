package dev.latchkey.core.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.usage.UseCounter;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.VerdictCache.LookupFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * A cache, requests that ask it and changes that are applied to it, in every order. A request that
 * begins after a change was applied must not be answered by what was true before.
 *
 * <p>The database holds the number of the last change, and so says every answer how old it is.
 */
final class OlderAnswers implements IntSupplier {

  private static final Long ID = 7L;
  private static final String THIRD_PARTY = "tp";
  private static final long REFRESH_AFTER = 1000;
  private static final long MAX_STALE = 1_000_000;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  /** What happens in a run, all at once. */
  @SuppressWarnings("ImmutableEnumChecker") // the functions keep nothing
  enum Scene {
    /** Two requests, nothing in memory, a change of the token. */
    TOKEN_CHANGED(false, 2, 1, cache -> cache.forget(ID)),
    /** An answer that is due to be read again, a request, a change of the token. */
    TOKEN_CHANGED_IN_A_REFRESH(true, 1, 1, cache -> cache.forget(ID)),
    /** The same, with a change after which all tokens of the third party are forgotten. */
    THIRD_PARTY_CHANGED(true, 1, 1, cache -> cache.forgetThirdParty(THIRD_PARTY)),
    /** The same, with changes that were missed. */
    ANYTHING_CHANGED(true, 1, 1, cache -> cache.forgetAll()),
    /** A request and two changes, one after the other. */
    CHANGED_TWICE(false, 1, 2, cache -> cache.forget(ID));

    private final boolean refreshDue;
    private final int requests;
    private final int changes;
    private final Consumer<VerdictCache> apply;

    Scene(boolean refreshDue, int requests, int changes, Consumer<VerdictCache> apply) {
      this.refreshDue = refreshDue;
      this.requests = requests;
      this.changes = changes;
      this.apply = apply;
    }
  }

  private final Scene scene;

  // One thread runs at a time.
  private final List<String> answers = new ArrayList<>();
  private volatile int inDatabase;
  private volatile int applied;
  private volatile long now;
  private VerdictCache cache = emptyCache(Runnable::run);

  OlderAnswers(String scene) {
    this.scene = Scene.valueOf(scene);
  }

  /**
   * Tries every order.
   *
   * @return how many there are
   * @throws AssertionError when in one of them an older answer is used
   */
  @Override
  public int getAsInt() {
    return Interleavings.all(this::begin, this::lookBack);
  }

  private void begin(Interleavings run) {
    inDatabase = 0;
    applied = 0;
    now = 0;
    answers.clear();
    cache = emptyCache(run::start);
    if (scene.refreshDue) {
      request();
      now = REFRESH_AFTER;
    }
    for (int i = 0; i < scene.requests; i++) {
      run.start(this::request);
    }
    run.start(this::change);
  }

  private void change() {
    for (int number = 1; number <= scene.changes; number++) {
      inDatabase = number;
      Interleavings.pause();
      scene.apply.accept(cache);
      applied = number;
      // As a request that comes now.
      request();
    }
  }

  private void request() {
    int mustKnow = applied;
    try {
      Answer answer = cache.get(ID, now);
      if (answer == null) {
        Interleavings.pause();
        answer = cache.lookUp(ID);
      } else {
        cache.refreshIfDue(ID, answer, now);
      }
      int knows = number(answer.finding());
      if (knows < mustKnow) {
        throw new AssertionError("change " + mustKnow + " was applied, and answered was " + knows);
      }
    } catch (LookupFailedException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private void lookBack() {
    Answer left = cache.get(ID, now);
    if (left != null && number(left.finding()) < scene.changes) {
      throw new AssertionError("an answer from before the last change is left in memory");
    }
  }

  private Finding store(long id) {
    Interleavings.pause();
    int read = inDatabase;
    Interleavings.pause();
    return new Grant(
        id,
        TokenHash.of("x"),
        new Grant.Holder(THIRD_PARTY, "name", AllowedNetworks.ANYWHERE),
        Set.of(),
        read,
        null,
        new UseCounter(id, used -> {}));
  }

  private static int number(Finding finding) {
    return Math.toIntExact(((Grant) finding).expiresAtMillis());
  }

  private VerdictCache emptyCache(Executor background) {
    Ticker ticker = () -> now;
    return new VerdictCache(
        this::store,
        background,
        ticker,
        new VerdictCache.Bounds(10, REFRESH_AFTER, MAX_STALE, 4, PATIENCE_NANOS));
  }
}
