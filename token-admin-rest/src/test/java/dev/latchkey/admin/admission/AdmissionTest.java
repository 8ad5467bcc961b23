package dev.latchkey.admin.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Costly work in bounded numbers (security F3). */
// issue 14.3
class AdmissionTest {

  private static final Fingerprint ONE = Fingerprint.of("10.0.0.1");
  private static final Fingerprint OTHER = Fingerprint.of("10.0.0.2");
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch begun = new CountDownLatch(1);

  @AfterEach
  void stop() {
    end.countDown();
    threads.shutdownNow();
  }

  @Test
  @DisplayName("who finds all places taken is refused at once: 503")
  void refusesWhoFindsNoPlace() throws Exception {
    Admission admission = new Admission(1, 0, 1, LONG);
    Future<String> first = occupy(admission, ONE);

    assertThatThrownBy(() -> admission.inTurn(OTHER, () -> "work"))
        .asInstanceOf(type(CrowdedException.class))
        .satisfies(refused -> assertThat(refused.status()).isEqualTo(503))
        .satisfies(refused -> assertThat(refused.retryAfterSeconds()).isPositive());

    end.countDown();
    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("worked");
    assertThat(admission.inTurn(OTHER, () -> "work")).isEqualTo("work");
  }

  @Test
  @DisplayName("one caller gets a share, not all: 429, and there is room for others")
  void keepsPlacesFromOneCaller() throws Exception {
    Admission admission = new Admission(2, 0, 1, LONG);
    occupy(admission, ONE);

    assertThatThrownBy(() -> admission.inTurn(ONE, () -> "work"))
        .asInstanceOf(type(CrowdedException.class))
        .satisfies(refused -> assertThat(refused.status()).isEqualTo(429));
    assertThat(admission.inTurn(OTHER, () -> "work")).isEqualTo("work");
  }

  @Test
  @DisplayName("who waits longer than the patience is refused, and leaves the place")
  void refusesWhoWaitsTooLong() throws Exception {
    Admission admission = new Admission(1, 1, 2, Duration.ofMillis(1));
    occupy(admission, ONE);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> admission.inTurn(OTHER, () -> "work"))
          .asInstanceOf(type(CrowdedException.class))
          .satisfies(refused -> assertThat(refused.status()).isEqualTo(503));
    }
  }

  @Test
  @DisplayName("of 500 at once no more work than are permitted, and each place is given back")
  void neverLetsMoreWorkThanPermitted() throws Exception {
    Admission admission = new Admission(2, 8, 3, LONG);
    AtomicInteger working = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Fingerprint caller = Fingerprint.of("10.0.0." + i % 50);
      all.add(threads.submit(() -> attempt(admission, caller, working, most)));
    }
    for (Future<?> each : all) {
      each.get(30, TimeUnit.SECONDS);
    }
    assertThat(most.get()).isLessThanOrEqualTo(2);
    for (int i = 0; i < 20; i++) {
      assertThat(admission.inTurn(ONE, () -> "work")).isEqualTo("work");
    }
  }

  @Test
  @DisplayName("work that throws gives its place back")
  void survivesWorkThatThrows() {
    Admission admission = new Admission(1, 0, 1, LONG);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  admission.inTurn(
                      ONE,
                      () -> {
                        throw new IllegalStateException("broken");
                      }))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void fingerprintsTellTextsApartHoweverTheyAreCut() {
    assertThat(Fingerprint.of("ab", "c")).isNotEqualTo(Fingerprint.of("a", "bc"));
    assertThat(Fingerprint.of("ab", "c")).isEqualTo(Fingerprint.of("ab", "c"));
    assertThat(Fingerprint.of("")).isNotEqualTo(Fingerprint.of());
  }

  private static void attempt(
      Admission admission, Fingerprint caller, AtomicInteger working, AtomicInteger most) {
    try {
      admission.inTurn(
          caller,
          () -> {
            most.accumulateAndGet(working.incrementAndGet(), Math::max);
            return working.decrementAndGet();
          });
    } catch (CrowdedException refused) {
      assertThat(refused.status()).isIn(429, 503);
    }
  }

  private Future<String> occupy(Admission admission, Fingerprint caller) throws Exception {
    Future<String> working =
        threads.submit(
            () ->
                admission.inTurn(
                    caller,
                    () -> {
                      begun.countDown();
                      return awaited(end);
                    }));
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    return working;
  }

  private static String awaited(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS) ? "worked" : "gave up";
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "stopped";
    }
  }

  // issue 14.3
  @Test
  void restsAfterItsWorkAsLongAsThatTook() {
    Admission admission = new Admission(1, 1, 2, LONG, true);
    long work = Duration.ofMillis(40).toNanos();
    long start = System.nanoTime();

    for (int i = 0; i < 2; i++) {
      admission.inTurn(ONE, () -> busyFor(work));
    }

    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(3 * work);
  }

  private static boolean busyFor(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return true;
  }
}
