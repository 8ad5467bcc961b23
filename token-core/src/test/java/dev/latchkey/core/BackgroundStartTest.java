package dev.latchkey.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.testing.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class BackgroundStartTest {

  private final CountDownLatch opening = new CountDownLatch(1);
  private final CountDownLatch mayOpen = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  @Test
  @DisplayName("what begins it goes on when all is loaded, not while it is loaded")
  void returnsWhenTheFirstAttemptHasEnded() {
    Thread server = Thread.currentThread();
    AtomicBoolean opened = new AtomicBoolean();
    try (BackgroundStart<AutoCloseable> start =
        new BackgroundStart<>(
            () -> {
              eventually(() -> server.getState() == Thread.State.TIMED_WAITING);
              opened.set(true);
              return ended::countDown;
            },
            Clock.systemUTC())) {
      start.begin();
      assertThat(opened).isTrue();
    }
  }

  @Test
  void returnsThoughTheDatabaseDoesNotAnswer() throws Exception {
    BackgroundStart<AutoCloseable> start = begun();
    assertThat(opening.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ended.getCount()).isEqualTo(1);
    mayOpen.countDown();
    assertThat(start.running()).isNotNull();
    start.close();
  }

  @ParameterizedTest
  @MethodSource("transientFailures")
  void triesAgainWhateverFailed(Throwable failure) {
    try (BackgroundStart<AutoCloseable> start =
        new BackgroundStart<>(failingOnce(failure), Clock.systemUTC())) {
      start.begin();
      eventually(() -> start.running() != null);
      assertThat(start.lastFailure()).isNull();
    }
  }

  static Stream<Throwable> transientFailures() {
    return Stream.of(
        new StoreUnavailableException("the database does not answer"),
        new IllegalStateException("zip file closed"),
        new NoClassDefFoundError("a/Class"),
        new BootstrapMethodError(new IllegalStateException("zip file closed")),
        new ExceptionInInitializerError(new IllegalStateException("zip file closed")),
        new OutOfMemoryError());
  }

  @Test
  @DisplayName("tries again though that it failed could not be told")
  void triesAgainWhenTellingFails() {
    InstantSource broken =
        () -> {
          throw new NoClassDefFoundError("b/Class");
        };
    try (BackgroundStart<AutoCloseable> start =
        new BackgroundStart<>(
            failingOnce(new NoClassDefFoundError("a/Class")), broken.withZone(ZoneOffset.UTC))) {
      start.begin();
      eventually(() -> start.running() != null);
    }
  }

  private Supplier<AutoCloseable> failingOnce(Throwable failure) {
    AtomicBoolean failed = new AtomicBoolean();
    return () -> {
      if (failed.compareAndSet(false, true)) {
        if (failure instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) failure;
      }
      return ended::countDown;
    };
  }

  private static void eventually(BooleanSupplier holds) {
    Waiting.until(Duration.ofSeconds(30), holds);
    assertThat(holds.getAsBoolean()).isTrue();
  }

  @Test
  void closesWhatRuns() {
    mayOpen.countDown();
    BackgroundStart<AutoCloseable> start = begun();
    assertThat(start.running()).isNotNull();
    start.close();
    assertThat(ended.getCount()).isZero();
    assertThat(start.running()).isNull();
  }

  @Test
  @DisplayName("what opens only after it was closed does not stay open")
  void closesWhatOpensTooLate() throws Exception {
    BackgroundStart<AutoCloseable> start = begun();
    assertThat(opening.await(30, TimeUnit.SECONDS)).isTrue();
    // Who is interrupted does not wait for the attempt under way.
    Thread.currentThread().interrupt();
    start.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(ended.getCount()).isEqualTo(1);

    mayOpen.countDown();
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(start.running()).isNull();
  }

  private BackgroundStart<AutoCloseable> begun() {
    BackgroundStart<AutoCloseable> start =
        new BackgroundStart<>(
            () -> {
              opening.countDown();
              awaitUninterrupted();
              return ended::countDown;
            },
            Clock.systemUTC(),
            Duration.ZERO);
    start.begin();
    return start;
  }

  private void awaitUninterrupted() {
    boolean open = false;
    while (!open) {
      try {
        open = mayOpen.await(30, TimeUnit.SECONDS);
      } catch (InterruptedException closed) {
        // a driver that goes on connecting
      }
    }
  }
}
