package dev.latchkey.core.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.usage.UseCounter;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.Answer.Unusable;
import dev.latchkey.core.verify.Verdict.Refused;
import dev.latchkey.core.verify.VerdictCache.LookupFailedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictCacheTest {

  private static final Duration REFRESH_AFTER = Duration.ofSeconds(30);
  private static final Duration MAX_STALE = Duration.ofMinutes(5);
  private static final long ID = 7;

  private final FakeStore store = new FakeStore();
  private final Deque<Runnable> background = new ArrayDeque<>();
  private long nanos = Long.MAX_VALUE - Duration.ofMinutes(2).toNanos(); // overflows on the way
  private final VerdictCache cache = cache(1000, 4, Duration.ofSeconds(2));

  @Test
  void answersFromMemoryWhatTheStoreSaidOnce() throws Exception {
    store.holds(ID, active("tp"));
    assertThat(get(cache, ID)).isNull();
    cache.lookUp(ID);
    assertThat(found(ID)).isInstanceOf(Grant.class);
    cache.lookUp(ID);
    assertThat(store.asked(ID)).isEqualTo(1);
  }

  @Test
  void remembersRefusalsToo() throws Exception {
    store.holds(ID, refused("tp"));
    cache.lookUp(ID);
    assertThat(found(ID)).isEqualTo(store.findings.get(ID));
  }

  @Test
  @DisplayName("an answer older than refresh-after is served and read again, once")
  void refreshesInTheBackground() throws Exception {
    store.holds(ID, active("tp"));
    cache.lookUp(ID);
    store.holds(ID, refused("tp"));
    pass(REFRESH_AFTER.minusNanos(1));
    assertThat(found(ID)).isInstanceOf(Grant.class);
    assertThat(background).isEmpty();

    pass(Duration.ofNanos(1));
    assertThat(found(ID)).isInstanceOf(Grant.class);
    assertThat(found(ID)).isInstanceOf(Grant.class);
    assertThat(background).hasSize(1);

    runBackground();
    assertThat(found(ID)).isInstanceOf(Unusable.class);
    assertThat(store.asked(ID)).isEqualTo(2);
  }

  @Test
  @DisplayName("a refusal refreshed to an admission is found as one")
  void refreshesARefusal() throws Exception {
    store.holds(ID, refused("tp"));
    cache.lookUp(ID);
    store.holds(ID, active("tp"));
    pass(REFRESH_AFTER);
    get(cache, ID);
    runBackground();
    assertThat(found(ID)).isInstanceOf(Grant.class);
    cache.forget(ID);
    assertThat(get(cache, ID)).isNull();
  }

  @Test
  @DisplayName("E1 an answer older than max-stale is never used, whatever happens to the database")
  void neverServesWhatIsTooOld() throws Exception {
    store.holds(ID, active("tp"));
    cache.lookUp(ID);
    store.isDown();
    pass(MAX_STALE);
    assertThat(get(cache, ID)).isNotNull();
    pass(Duration.ofNanos(1));
    assertThat(get(cache, ID)).isNull();
    assertThatThrownBy(() -> cache.lookUp(ID)).isInstanceOf(LookupFailedException.class);
  }

  @Test
  @DisplayName("E1 the age of an answer counts from before the question")
  void ageCountsFromTheQuestion() throws Exception {
    store.holds(ID, active("tp"));
    store.during(ID, () -> pass(MAX_STALE.minusSeconds(1)));
    cache.lookUp(ID);
    pass(Duration.ofSeconds(1));
    assertThat(get(cache, ID)).isNotNull();
    pass(Duration.ofNanos(1));
    assertThat(get(cache, ID)).isNull();
  }

  @Test
  @DisplayName("E3 while the database is down a refresh is tried at intervals, not at each request")
  void failedRefreshWaits() throws Exception {
    store.holds(ID, active("tp"));
    cache.lookUp(ID);
    store.isDown();
    pass(REFRESH_AFTER);
    for (int i = 0; i < 100; i++) {
      get(cache, ID);
      runBackground();
    }
    assertThat(store.asked(ID)).isEqualTo(2);
    pass(Duration.ofSeconds(5));
    get(cache, ID);
    runBackground();
    assertThat(store.asked(ID)).isEqualTo(3);
    assertThat(found(ID)).isInstanceOf(Grant.class);
  }

  @Test
  @DisplayName("E1 a process that is stopped while it asks does not use what it was told before")
  void anAnswerThatIsTooOldWhenItComesIsNotUsed() {
    store.holds(ID, active("tp"));
    store.during(ID, () -> pass(MAX_STALE.plusNanos(1)));
    assertThatThrownBy(() -> cache.lookUp(ID)).isInstanceOf(LookupFailedException.class);
    assertThat(get(cache, ID)).isNull();
  }

  @Test
  @DisplayName("E3 after three failures in a row one request a second asks, until it is answered")
  void failuresInARowArePausedFor() throws Exception {
    store.isDown();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> cache.lookUp(ID)).isInstanceOf(LookupFailedException.class);
    }
    assertThat(store.asked(ID)).isEqualTo(3);
    pass(Duration.ofSeconds(1));
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> cache.lookUp(ID)).isInstanceOf(LookupFailedException.class);
    }
    assertThat(store.asked(ID)).isEqualTo(4);

    store.isUp();
    store.holds(ID, active("tp"));
    assertThatThrownBy(() -> cache.lookUp(ID)).isInstanceOf(LookupFailedException.class);
    pass(Duration.ofSeconds(1));
    assertThat(cache.lookUp(ID).finding()).isInstanceOf(Grant.class);
    store.holds(8, active("tp"));
    assertThat(cache.lookUp(8L).finding()).isInstanceOf(Grant.class);
  }

  @Test
  void aRefreshThatNobodyCanRunIsTriedLater() throws Exception {
    VerdictCache busy =
        new VerdictCache(
            store,
            task -> {
              throw new RejectedExecutionException();
            },
            () -> nanos,
            bounds(10, 4, Duration.ofSeconds(1)));
    store.holds(ID, active("tp"));
    busy.lookUp(ID);
    pass(REFRESH_AFTER);
    assertThat(get(busy, ID)).isNotNull();
    busy.forget(ID);
    assertThat(busy.lookUp(ID).finding()).isInstanceOf(Grant.class);
  }

  @Test
  @DisplayName("the race: a change applied while a look-up is in flight overtakes its answer")
  void lookupOvertakenByAChangeAsksAgain() throws Exception {
    store.holds(ID, active("tp"));
    store.during(
        ID,
        () -> {
          store.holds(ID, refused("tp"));
          cache.forget(ID);
        });
    assertThat(cache.lookUp(ID).finding()).isInstanceOf(Unusable.class);
    assertThat(found(ID)).isInstanceOf(Unusable.class);
    assertThat(store.asked(ID)).isEqualTo(2);
  }

  @Test
  @DisplayName("the race, with everything of a third party forgotten")
  void lookupOvertakenByAThirdPartysChangeAsksAgain() throws Exception {
    store.holds(ID, active("tp"));
    store.during(
        ID,
        () -> {
          store.holds(ID, refused("tp"));
          cache.forgetThirdParty("tp");
        });
    assertThat(cache.lookUp(ID).finding()).isInstanceOf(Unusable.class);
    assertThat(found(ID)).isInstanceOf(Unusable.class);
  }

  @Test
  @DisplayName("the race, with everything forgotten")
  void lookupOvertakenByAGapAsksAgain() throws Exception {
    store.holds(ID, active("tp"));
    store.during(
        ID,
        () -> {
          store.holds(ID, refused("tp"));
          cache.forgetAll();
        });
    assertThat(cache.lookUp(ID).finding()).isInstanceOf(Unusable.class);
    assertThat(found(ID)).isInstanceOf(Unusable.class);
  }

  @Test
  @DisplayName("the race, with a refresh in the background")
  void refreshOvertakenByAChangeAsksAgain() throws Exception {
    store.holds(ID, active("tp"));
    cache.lookUp(ID);
    pass(REFRESH_AFTER);
    get(cache, ID);
    store.during(
        ID,
        () -> {
          store.holds(ID, refused("tp"));
          cache.forget(ID);
        });
    runBackground();
    assertThat(found(ID)).isInstanceOf(Unusable.class);
  }

  @Test
  @DisplayName("the race, with a request that asks after a refresh has: the later answer stays")
  void refreshOvertakenByARequestKeepsTheRequestsAnswer() throws Exception {
    store.holds(ID, active("tp"));
    cache.lookUp(ID);
    pass(REFRESH_AFTER);
    get(cache, ID);
    store.during(
        ID,
        () -> {
          cache.forget(ID);
          store.holds(ID, refused("tp"));
          try {
            cache.lookUp(ID);
          } catch (LookupFailedException impossible) {
            throw new AssertionError(impossible);
          }
        });
    runBackground();
    assertThat(found(ID)).isInstanceOf(Unusable.class);
  }

  @Test
  void changesWithoutEndAreNoReasonToHang() {
    store.holds(ID, active("tp"));
    store.always(() -> cache.forget(ID));
    assertThatThrownBy(() -> cache.lookUp(ID))
        .isInstanceOf(LookupFailedException.class)
        .hasRootCauseMessage("changes faster than it can be read");
    store.always(() -> {});
  }

  @Test
  void forgetsTheTokensOfOneThirdPartyOnly() throws Exception {
    store.holds(1, active("a"));
    store.holds(2, refused("a"));
    store.holds(3, active("b"));
    store.holds(4, new Unusable(Refused.UNKNOWN, null, null));
    for (long id = 1; id <= 4; id++) {
      cache.lookUp(id);
    }
    cache.forgetThirdParty("a");
    assertThat(get(cache, 1L)).isNull();
    assertThat(get(cache, 2L)).isNull();
    assertThat(get(cache, 3L)).isNotNull();
    assertThat(get(cache, 4L)).isNotNull();
    cache.forgetAll();
    assertThat(get(cache, 3L)).isNull();
    assertThat(get(cache, 4L)).isNull();
  }

  @Test
  @DisplayName("E5 a flood of refusals is bounded and pushes no good token out")
  void refusalsAreBoundedByThemselves() throws Exception {
    store.byDefault = new Unusable(Refused.UNKNOWN, null, null);
    for (long id = 0; id < 100; id++) {
      store.holds(id, active("tp"));
      cache.lookUp(id);
    }
    for (long id = 1000; id < 20_000; id++) {
      cache.lookUp(id);
    }
    cache.cleanUp();
    for (long id = 0; id < 100; id++) {
      assertThat(get(cache, id)).isNotNull();
    }
    assertThat(cache.size()).isBetween(1000L, 1100L);
  }

  @Test
  void holdsAsManyAsItMay() throws Exception {
    VerdictCache small = cache(10, 4, Duration.ofSeconds(1));
    for (long id = 0; id < 1000; id++) {
      store.holds(id, active("tp"));
      small.lookUp(id);
    }
    small.cleanUp();
    assertThat(small.size()).isLessThanOrEqualTo(10);
  }

  @Test
  @DisplayName("10,000 requests at once for one token: one question")
  void oneQuestionPerToken() throws Exception {
    store.holds(ID, active("tp"));
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    store.during(
        ID,
        () -> {
          asked.countDown();
          awaitUninterrupted(answer);
        });
    ExecutorService requests = Executors.newFixedThreadPool(200);
    try {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        answers.add(requests.submit(() -> cache.lookUp(ID)));
      }
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      answer.countDown();
      for (Future<Answer> each : answers) {
        assertThat(each.get(10, TimeUnit.SECONDS).finding()).isInstanceOf(Grant.class);
      }
    } finally {
      requests.shutdownNow();
    }
    assertThat(store.asked(ID)).isEqualTo(1);
  }

  @Test
  @DisplayName("questions at once are bounded; past the bound there is no answer, not a queue")
  void questionsAtOnceAreBounded() throws Exception {
    VerdictCache narrow = cache(10, 1, Duration.ofMillis(1));
    store.holds(ID, active("tp"));
    store.holds(8, active("tp"));
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    store.during(
        ID,
        () -> {
          asked.countDown();
          awaitUninterrupted(answer);
        });
    ExecutorService slow = Executors.newSingleThreadExecutor();
    try {
      Future<Answer> first = slow.submit(() -> narrow.lookUp(ID));
      assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> narrow.lookUp(8L))
          .isInstanceOf(LookupFailedException.class)
          .hasRootCauseMessage("too many look-ups at once");
      answer.countDown();
      assertThat(first.get(10, TimeUnit.SECONDS).finding()).isInstanceOf(Grant.class);
      assertThat(narrow.lookUp(8L).finding()).isInstanceOf(Grant.class);
    } finally {
      slow.shutdownNow();
    }
  }

  @Test
  void aFailureIsNotRemembered() throws Exception {
    store.holds(ID, active("tp"));
    store.isDown();
    assertThatThrownBy(() -> cache.lookUp(ID))
        .isInstanceOf(LookupFailedException.class)
        .hasRootCauseMessage("down");
    store.isUp();
    assertThat(cache.lookUp(ID).finding()).isInstanceOf(Grant.class);
  }

  @Test
  @DisplayName("E3 a look-up that runs out of memory is over: nobody waits for it afterwards")
  void anErrorIsNotRemembered() throws Exception {
    store.holds(ID, active("tp"));
    store.during(
        ID,
        () -> {
          throw new OutOfMemoryError("pretended");
        });
    assertThatThrownBy(() -> cache.lookUp(ID)).isInstanceOf(LookupFailedException.class);
    assertThat(cache.lookUp(ID).finding()).isInstanceOf(Grant.class);
  }

  @Test
  void anInterruptedRequestGetsNoAnswerAndStaysInterrupted() {
    store.holds(ID, active("tp"));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> cache.lookUp(ID)).isInstanceOf(LookupFailedException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  @DisplayName("A20 what was seen expired stays so when the clock is set back")
  void expiredStaysExpired() throws Exception {
    store.holds(ID, usable("tp", 1000));
    Answer answer = cache.lookUp(ID);
    assertThat(over(answer, 999)).isFalse();
    assertThat(over(answer, 1000)).isTrue();
    assertThat(over(answer, 999)).isTrue();

    // Each time that the database is asked it is another object.
    store.holds(ID, usable("tp", 1000));

    pass(REFRESH_AFTER);
    get(cache, ID);
    runBackground();
    Answer refreshed = get(cache, ID);
    assertThat(refreshed).isNotNull().isNotSameAs(answer);
    assertThat(over(refreshed, 999)).isTrue();
  }

  @ParameterizedTest
  @DisplayName("A20 also when the answer was forgotten in between, for whatever reason")
  @ValueSource(strings = {"token", "third party", "all", "evicted", "deactivated"})
  void expiredStaysExpiredWhenForgotten(String why) throws Exception {
    VerdictCache small = cache(1, 10, Duration.ofSeconds(5));
    store.holds(ID, usable("tp", 1000));
    assertThat(over(small.lookUp(ID), 1000)).isTrue();
    store.holds(ID, usable("tp", 1000));

    switch (why) {
      case "token" -> small.forget(ID);
      case "third party" -> small.forgetThirdParty("tp");
      case "all" -> small.forgetAll();
      case "evicted" -> evict(small);
      default -> {
        store.holds(ID, refused("tp"));
        small.forget(ID);
        small.lookUp(ID);
        store.holds(ID, usable("tp", 1000));
        small.forget(ID);
      }
    }
    assertThat(get(small, ID)).isNull();
    Answer again = small.lookUp(ID);
    assertThat(over(again, 999)).isTrue();
  }

  @Test
  @DisplayName("A20 and a token whose end was moved on since is active until that")
  void expiredLaterIsNotExpiredYet() throws Exception {
    store.holds(ID, usable("tp", 1000));
    assertThat(over(cache.lookUp(ID), 1000)).isTrue();
    store.holds(ID, usable("tp", 2000));
    cache.forget(ID);
    assertThat(over(cache.lookUp(ID), 1500)).isFalse();
  }

  private static boolean over(Answer answer, long nowMillis) {
    return ((Grant) answer.finding()).over(nowMillis);
  }

  private void evict(VerdictCache from) throws Exception {
    for (long other = 100; other < 1000 && get(from, ID) != null; other++) {
      store.holds(other, active("tp"));
      from.lookUp(other);
      for (int i = 0; i < 10; i++) {
        get(from, other);
      }
      from.cleanUp();
    }
  }

  /** As a request asks. */
  private @Nullable Answer get(VerdictCache from, Long id) {
    Answer answer = from.get(id, nanos);
    if (answer != null) {
      from.refreshIfDue(id, answer, nanos);
    }
    return answer;
  }

  private Finding found(long id) {
    Answer answer = get(cache, id);
    assertThat(answer).isNotNull();
    return answer.finding();
  }

  private VerdictCache cache(long size, int concurrent, Duration wait) {
    return new VerdictCache(store, background::add, () -> nanos, bounds(size, concurrent, wait));
  }

  private static VerdictCache.Bounds bounds(long size, int concurrent, Duration wait) {
    return new VerdictCache.Bounds(
        size, REFRESH_AFTER.toNanos(), MAX_STALE.toNanos(), concurrent, wait.toNanos());
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  private static Finding active(String thirdParty) {
    return usable(thirdParty, Grant.NEVER);
  }

  private static Grant usable(String thirdParty, long expiresAtMillis) {
    return new Grant(
        ID,
        TokenHash.of("x"),
        new Grant.Holder(thirdParty, "name", AllowedNetworks.ANYWHERE),
        Set.of(),
        expiresAtMillis,
        null,
        new UseCounter(ID, used -> {}));
  }

  private static Finding refused(String thirdParty) {
    return new Unusable(Refused.DEACTIVATED, TokenHash.of("x"), thirdParty);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Answers what it was told, and lets a test do something between question and answer. */
  private static final class FakeStore implements java.util.function.LongFunction<Finding> {

    final Map<Long, Finding> findings = new HashMap<>();
    final Map<Long, AtomicInteger> questions = new HashMap<>();
    final Map<Long, Runnable> once = new HashMap<>();
    Runnable each = () -> {};
    Finding byDefault = new Unusable(Refused.UNKNOWN, null, null);
    boolean down;

    void holds(long id, Finding finding) {
      findings.put(id, finding);
    }

    void during(long id, Runnable action) {
      once.put(id, action);
    }

    void always(Runnable action) {
      each = action;
    }

    void isDown() {
      down = true;
    }

    void isUp() {
      down = false;
    }

    int asked(long id) {
      return questions.getOrDefault(id, new AtomicInteger()).get();
    }

    @Override
    public Finding apply(long id) {
      Finding before;
      Runnable action;
      synchronized (this) {
        questions.computeIfAbsent(id, each -> new AtomicInteger()).incrementAndGet();
        if (down) {
          throw new IllegalStateException("down");
        }
        before = findings.getOrDefault(id, byDefault);
        action = once.remove(id);
      }
      // What was read is read: the action changes the store behind the reader's back.
      each.run();
      if (action != null) {
        action.run();
      }
      return before;
    }
  }
}
