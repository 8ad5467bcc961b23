package dev.latchkey.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BackgroundStartTest {

  private final CountDownLatch opening = new CountDownLatch(1);
  private final CountDownLatch mayOpen = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

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
            Clock.systemUTC());
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
