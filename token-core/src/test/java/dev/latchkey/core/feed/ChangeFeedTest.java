package dev.latchkey.core.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.JpaModel;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.Server;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Server.class)
class ChangeFeedTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOON, ZoneOffset.UTC);

  private final Database database;
  private final ChangeFeed feed = new ChangeFeed(CLOCK);
  private final List<String> heard = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final FeedFollower follower;

  ChangeFeedTest(Server server) {
    database =
        Database.migrate(
            server.settings(), ServerDataSource.lookedUp(server.settings()), JpaModel.entities());
    follower = followerAtHead();
  }

  @AfterEach
  void close() {
    follower.close();
    database.close();
  }

  @Test
  void passesOnWhatHasChangedInItsOrder() {
    append(Change.ofToken("t1"));
    append(Change.ofThirdParty("p1"));
    append(Change.ofTagKeys());
    follower.poll();
    assertThat(heard).containsExactly("TOKEN t1", "THIRD_PARTY p1", "TAG_KEYS ");
    follower.poll();
    assertThat(heard).hasSize(3);
  }

  @Test
  void beginsAtTheHead() {
    append(Change.ofToken("t1"));
    FeedFollower later = followerAtHead();
    append(Change.ofToken("t2"));
    later.poll();
    assertThat(heard).containsExactly("TOKEN t2");
    later.close();
  }

  @Test
  void readsMoreThanOneBatch() {
    for (int i = 0; i < 2500; i++) {
      append(Change.ofToken("t" + i));
    }
    follower.poll();
    assertThat(heard).hasSize(2500).startsWith("TOKEN t0").endsWith("TOKEN t2499");
  }

  @Test
  @DisplayName("E2 a node that was away for longer than the feed is kept forgets everything")
  void aPurgedGapMeansAnything() {
    append(Change.ofToken("t1"));
    append(Change.ofToken("t2"));
    assertThat(purge(NOON)).isZero();
    assertThat(purge(NOON.plusMillis(1))).isEqualTo(2);
    follower.poll();
    assertThat(heard).containsExactly("anything");
    append(Change.ofToken("t3"));
    follower.poll();
    assertThat(heard).containsExactly("anything", "TOKEN t3");
  }

  @Test
  @DisplayName("E2 a gap in front of what is left means anything, too")
  void aGapInFrontMeansAnything() {
    append(Change.ofToken("t1"));
    append(Change.ofToken("t2"));
    database.transact(
        em -> em.createQuery("delete from FeedRow r where r.seq = 1").executeUpdate());
    follower.poll();
    assertThat(heard).containsExactly("anything");
    follower.poll();
    assertThat(heard).hasSize(1);
  }

  @Test
  @DisplayName("E2 a gap among the rest means anything, too, and what comes behind it is passed on")
  void aGapInTheMiddleMeansAnything() {
    for (int i = 1; i <= 4; i++) {
      append(Change.ofToken("t" + i));
    }
    database.transact(
        em -> em.createQuery("delete from FeedRow r where r.seq = 3").executeUpdate());
    follower.poll();
    assertThat(heard).containsExactly("TOKEN t1", "TOKEN t2", "anything");
    append(Change.ofToken("t5"));
    follower.poll();
    assertThat(heard).containsExactly("TOKEN t1", "TOKEN t2", "anything", "TOKEN t5");
  }

  @Test
  @DisplayName("E2 a node whose clock is behind does not make others purge a hole into the feed")
  void purgesNoHole() {
    ChangeFeed behind = new ChangeFeed(Clock.offset(CLOCK, Duration.ofDays(-2)));
    database.transact(
        em -> {
          behind.append(em, Change.ofToken("t1"));
          return true;
        });
    append(Change.ofToken("t2"));
    database.transact(
        em -> {
          behind.append(em, Change.ofToken("t3"));
          return true;
        });
    append(Change.ofToken("t4"));
    FeedFollower all = followerFrom(1);
    assertThat(purge(NOON.minus(Duration.ofDays(1)))).isEqualTo(1);
    all.poll();
    assertThat(heard).containsExactly("TOKEN t2", "TOKEN t3", "TOKEN t4");
    all.close();
  }

  @Test
  @DisplayName("C6 a database restored from a backup, whose feed ends earlier, means anything")
  void aRestoredDatabaseMeansAnything() {
    append(Change.ofToken("t1"));
    append(Change.ofToken("t2"));
    follower.poll();
    database.transact(em -> em.createQuery("delete from FeedRow r").executeUpdate());
    database.transact(em -> em.createQuery("update FeedHead h set h.seq = 1").executeUpdate());
    follower.poll();
    assertThat(heard).containsExactly("TOKEN t1", "TOKEN t2", "anything");
  }

  @Test
  @DisplayName(
      "E2 a standby that lagged behind and has caught up with other changes means anything")
  void anotherHistoryOfTheSameLengthMeansAnything() {
    append(Change.ofToken("t1"));
    append(Change.ofToken("t2"));
    follower.poll();
    // The standby has t1 only; then t3 was changed there.
    database.transact(
        em -> em.createQuery("delete from FeedRow r where r.seq = 2").executeUpdate());
    database.transact(em -> em.createQuery("update FeedHead h set h.seq = 1").executeUpdate());
    append(Change.ofToken("t3"));
    follower.poll();
    assertThat(heard).containsExactly("TOKEN t1", "TOKEN t2", "anything");
    append(Change.ofToken("t4"));
    follower.poll();
    assertThat(heard).endsWith("anything", "TOKEN t4");
  }

  @Test
  @DisplayName("E2 a change rolled back is none, and its number is taken by the next")
  void rolledBackIsNoChange() {
    assertThatThrownBy(
            () ->
                database.transact(
                    em -> {
                      feed.append(em, Change.ofToken("t1"));
                      throw new IllegalStateException("changed my mind");
                    }))
        .hasMessage("changed my mind");
    append(Change.ofToken("t2"));
    follower.poll();
    assertThat(heard).containsExactly("TOKEN t2");
  }

  @Test
  @DisplayName("E2 the order of the feed is the order of commits")
  void laterNumbersCommitLater() throws Exception {
    CountDownLatch firstHasItsNumber = new CountDownLatch(1);
    CountDownLatch firstMayCommit = new CountDownLatch(1);
    ExecutorService writers = Executors.newFixedThreadPool(2);
    try {
      Future<?> first =
          writers.submit(
              () ->
                  database.transact(
                      em -> {
                        feed.append(em, Change.ofToken("first"));
                        firstHasItsNumber.countDown();
                        await(firstMayCommit);
                        return null;
                      }));
      await(firstHasItsNumber);
      Future<?> second = writers.submit(() -> append(Change.ofToken("second")));
      follower.poll();
      assertThat(second.isDone()).isFalse();
      assertThat(heard).isEmpty();
      firstMayCommit.countDown();
      first.get(10, TimeUnit.SECONDS);
      second.get(10, TimeUnit.SECONDS);
    } finally {
      writers.shutdownNow();
    }
    follower.poll();
    assertThat(heard).containsExactly("TOKEN first", "TOKEN second");
  }

  @Test
  @DisplayName("E2 eight writers at once: a follower that reads all the while misses none")
  void concurrentWritersLoseNothing() throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(8);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String id = "t" + i;
      done.add(writers.submit(() -> append(Change.ofToken(id))));
    }
    for (Future<?> each : done) {
      each.get(30, TimeUnit.SECONDS);
      follower.poll();
    }
    writers.shutdownNow();
    follower.poll();
    assertThat(heard).hasSize(200).doesNotHaveDuplicates().doesNotContain("anything");
  }

  @Test
  @DisplayName("E2 a feed that can't be read is read from the same place when it can again")
  void anOutageLosesNothing() {
    append(Change.ofToken("t1"));
    database.transact(
        em -> em.createNativeQuery("alter table change_feed rename to gone").executeUpdate());
    follower.poll();
    assertThat(follower.failing()).isTrue();
    assertThat(heard).isEmpty();
    database.transact(
        em -> em.createNativeQuery("alter table gone rename to change_feed").executeUpdate());
    follower.poll();
    assertThat(follower.failing()).isFalse();
    assertThat(heard).containsExactly("TOKEN t1");
  }

  @Test
  @DisplayName("E3 a feed that is not read is told of, also when the question for it hangs")
  void tellsOfAFeedThatIsNotRead() {
    assertThat(follower.trouble()).isNull();
    nanos.addAndGet(Duration.ofSeconds(4).toNanos());
    assertThat(follower.trouble()).isEqualTo("the change feed was not read for 4 seconds");
    follower.poll();
    assertThat(follower.trouble()).isNull();
  }

  @Test
  void aListenerThatFailsIsAskedAgain() {
    FeedFollower stubborn =
        FeedFollower.from(
            FeedFollower.head(database.connections()),
            database.connections(),
            new FeedListener() {
              private boolean failed;

              @Override
              public void changed(Change change) {
                if (!failed) {
                  failed = true;
                  throw new OutOfMemoryError("not now");
                }
                heard.add(change.subject());
              }

              @Override
              public void anythingChanged() {
                heard.add("anything");
              }
            },
            CLOCK,
            Ticker.systemTicker());
    append(Change.ofToken("t1"));
    stubborn.poll();
    assertThat(heard).isEmpty();
    stubborn.poll();
    assertThat(heard).containsExactly("t1");
    stubborn.close();
  }

  private FeedFollower followerAtHead() {
    return followerFrom(FeedFollower.head(database.connections()));
  }

  private FeedFollower followerFrom(long position) {
    return FeedFollower.from(
        position,
        database.connections(),
        new FeedListener() {
          @Override
          public void changed(Change change) {
            heard.add(change.kind() + " " + change.subject());
          }

          @Override
          public void anythingChanged() {
            heard.add("anything");
          }
        },
        CLOCK,
        nanos::get);
  }

  private boolean append(Change change) {
    return database.transact(
        em -> {
          feed.append(em, change);
          return true;
        });
  }

  private int purge(Instant end) {
    return database.transact(em -> feed.purge(em, end, 100));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
