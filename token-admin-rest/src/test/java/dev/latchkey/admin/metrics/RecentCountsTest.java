package dev.latchkey.admin.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.administer.Inventory.Counts;
import dev.latchkey.core.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

// issue 19.1
class RecentCountsTest {

  private final Queue<Runnable> background = new ArrayDeque<>();
  private long now;
  private long counted;
  private Duration taken = Duration.ZERO;
  private boolean away;

  private final RecentCounts counts = new RecentCounts(this::count, Runnable::run, () -> now, 0);

  @Test
  void countOnceAMinute() {
    assertThat(counts.get()).isNotNull();
    pass(Duration.ofSeconds(59));
    counts.get();
    assertThat(counted).isEqualTo(1);
    pass(Duration.ofSeconds(1));
    counts.get();
    assertThat(counted).isEqualTo(2);
  }

  @Test
  void takeATwentiethOfTheTimeAtMost() {
    taken = Duration.ofSeconds(10);
    counts.get();
    pass(Duration.ofSeconds(199));
    counts.get();
    assertThat(counted).isEqualTo(1);
    pass(Duration.ofSeconds(1));
    counts.get();
    assertThat(counted).isEqualTo(2);
  }

  @Test
  void areOfSomeMinutesAgoWhileTheDatabaseIsAway() {
    counts.get();
    away = true;
    pass(Duration.ofMinutes(10));
    assertThat(counts.get()).isNotNull();
    pass(Duration.ofNanos(1));
    assertThat(counts.get()).isNull();
    away = false;
    pass(Duration.ofMinutes(1));
    assertThat(counts.get()).isNotNull();
  }

  @Test
  void doNotKeepAnybodyWaitingForADatabaseThatHangs() {
    RecentCounts hanging = new RecentCounts(this::count, background::add, () -> now, 0);
    assertThat(hanging.get()).isNull();
    assertThat(hanging.get()).isNull();
    assertThat(background).hasSize(1);
    background.remove().run();
    assertThat(hanging.get()).isNotNull();
  }

  private Counts count() {
    counted++;
    now += taken.toNanos();
    if (away) {
      throw new StoreUnavailableException("away");
    }
    return new Counts(Map.of(), 1, 0, 2);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }
}
