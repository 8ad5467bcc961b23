package dev.latchkey.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.usage.UsageRecorder.Tally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class UseCounterTest {

  private static final int THREADS = 4;
  private static final int USES = 100_000;

  private final UsedTokens used = new UsedTokens();
  private final UseCounter counter = new UseCounter(62, used::put);

  @Test
  void namesItsToken() {
    assertThat(counter.tokenId()).isEqualTo(62);
  }

  @Test
  void talliesUsesAndTheLastToTheSecond() {
    counter.used(5000, "10.0.0.1");
    counter.used(5999, "10.0.0.2");
    counter.used(6000, "10.0.0.3");
    counter.used(4000, "10.0.0.4");
    assertThat(counter.take()).isEqualTo(new Tally(4, Instant.ofEpochMilli(6000), "10.0.0.3"));
    assertThat(counter.take().uses()).isZero();
  }

  @Test
  void wantsTheAddressOfTheFirstUseOfASecond() {
    assertThat(counter.wantsAddress(5000)).isTrue();
    counter.used(5000, "10.0.0.1");
    assertThat(counter.wantsAddress(5999)).isFalse();
    counter.used();
    assertThat(counter.wantsAddress(6000)).isTrue();
    assertThat(counter.take()).isEqualTo(new Tally(2, Instant.ofEpochMilli(5000), "10.0.0.1"));
    assertThat(counter.wantsAddress(5999)).isFalse();
  }

  @Test
  void isInTheQueueOnceUntilItIsTaken() {
    counter.used(1000, "a");
    counter.used(1000, "a");
    assertThat(taken()).containsExactly(2L);
    assertThat(taken()).isEmpty();
    counter.used(1000, "a");
    assertThat(taken()).containsExactly(1L);
  }

  @Test
  void allThatWereUsedAreTaken() {
    UseCounter another = new UseCounter(63, used::put);
    UseCounter third = new UseCounter(64, used::put);
    counter.used(1000, "a");
    another.used(1000, "a");
    third.used(1000, "a");
    assertThat(taken()).containsExactly(1L, 1L, 1L);
  }

  @Test
  void oneUsedWhileItIsTakenIsTakenTheNextTime() {
    UseCounter another = new UseCounter(63, used::put);
    another.used(1000, "a");
    counter.used(1000, "a");
    List<UseCounter> order = new ArrayList<>();
    used.takeEach(
        each -> {
          each.take();
          each.used(2000, "b");
          order.add(each);
        });
    assertThat(order).containsExactly(counter, another);
    assertThat(taken()).containsExactly(1L, 1L);
  }

  @Test
  void noUseIsLostAmongThreadsThatUseAndOneThatTakes() throws Exception {
    AtomicLong sum = new AtomicLong();
    AtomicBoolean ended = new AtomicBoolean();
    CyclicBarrier start = new CyclicBarrier(THREADS + 1);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    try {
      List<Future<?>> users = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Callable<Void> user =
            () -> {
              start.await();
              for (int use = 0; use < USES; use++) {
                counter.used(1000, "a");
              }
              return null;
            };
        users.add(threads.submit(user));
      }
      Future<?> taker =
          threads.submit(
              () -> {
                start.await();
                while (!ended.get()) {
                  taken().forEach(sum::addAndGet);
                }
                return null;
              });
      for (Future<?> user : users) {
        user.get(60, TimeUnit.SECONDS);
      }
      ended.set(true);
      taker.get(60, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
    taken().forEach(sum::addAndGet);
    assertThat(sum).hasValue((long) THREADS * USES);
  }

  private List<Long> taken() {
    List<Long> uses = new ArrayList<>();
    used.takeEach(each -> uses.add(each.take().uses()));
    return uses;
  }
}
