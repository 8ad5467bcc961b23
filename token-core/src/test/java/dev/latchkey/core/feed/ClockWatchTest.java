package dev.latchkey.core.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.JpaModel;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.LogLines;
import dev.latchkey.core.testing.Server;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Against the clock of a real H2, which is this machine's. */
class ClockWatchTest {

  private final Settings settings = Server.H2.settings();
  private final Database database =
      Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
  private final LogLines log = new LogLines();
  private Duration ahead = Duration.ZERO;
  private final InstantSource clock = () -> Instant.now().plus(ahead);
  private Duration passed = Duration.ZERO;
  private Duration answerTakes = Duration.ZERO;
  private final ClockWatch watch =
      new ClockWatch(database.connections(), log, clock.withZone(ZoneOffset.UTC), this::nanos);

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void saysNothingWhileTheClocksAgree() {
    ahead = Duration.ofSeconds(4);
    watch.look();
    assertThat(watch.trouble()).isNull();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void tellsOfAClockThatIsAhead() {
    ahead = Duration.ofHours(1);
    watch.look();
    // Its answer takes a moment.
    assertThat(watch.trouble())
        .matches("the clock of this node is (3600|35\\d\\d) seconds ahead of the database's");
    assertThat(log.lines())
        .singleElement()
        .isEqualTo("WARNING " + watch.trouble() + "; tokens expire by the clock of the node");
  }

  @Test
  void tellsOfAClockThatIsBehind() {
    ahead = Duration.ofHours(-1);
    watch.look();
    assertThat(watch.trouble())
        .matches("the clock of this node is (3600|35\\d\\d) seconds behind the database's");
  }

  @Test
  void tellsOnceThatItDiffersAndOnceThatItAgreesAgain() {
    ahead = Duration.ofHours(1);
    for (int i = 0; i < 30; i++) {
      lookAfter(Duration.ofMinutes(1));
    }
    assertThat(log.lines()).hasSize(1);
    ahead = Duration.ZERO;
    for (int i = 0; i < 30; i++) {
      lookAfter(Duration.ofMinutes(1));
    }
    assertThat(log.lines())
        .hasSize(2)
        .last()
        .isEqualTo("INFO the clock of this node and the database's agree again");
    assertThat(watch.trouble()).isNull();
  }

  @Test
  void tellsAgainOnceAnHourWhileItLasts() {
    ahead = Duration.ofHours(1);
    for (int i = 0; i <= 120; i++) {
      lookAfter(Duration.ofMinutes(1));
    }
    assertThat(log.lines()).hasSize(3).allMatch(line -> line.startsWith("WARNING"));
  }

  @Test
  @DisplayName("a difference that goes to and fro about the tolerance is told once")
  void doesNotTellOfEachCrossing() {
    for (int i = 0; i < 30; i++) {
      ahead = Duration.ofMillis(i % 2 == 0 ? -5500 : -4500);
      lookAfter(Duration.ofMinutes(1));
    }
    assertThat(log.lines()).hasSize(1);
  }

  @Test
  @DisplayName("asks at once, and then once a minute")
  void asksRarely() {
    watch.look();
    ahead = Duration.ofHours(1);
    lookAfter(Duration.ofSeconds(40));
    assertThat(watch.trouble()).isNull();
    lookAfter(Duration.ofSeconds(20));
    assertThat(watch.trouble()).isNotNull();
  }

  @Test
  @DisplayName("an answer that takes its time is not taken for a wrong clock")
  void knowsThatAnAnswerTakesTime() {
    answerTakes = Duration.ofSeconds(20);
    ahead = Duration.ofSeconds(-19);
    watch.look();
    assertThat(watch.trouble()).isNull();
    ahead = Duration.ofMinutes(-1);
    lookAfter(Duration.ofMinutes(1));
    assertThat(watch.trouble()).contains("seconds behind");
  }

  @Test
  @DisplayName("a database that does not answer changes nothing")
  void keepsWhatItFound() {
    ahead = Duration.ofHours(1);
    watch.look();
    database.close();
    lookAfter(Duration.ofMinutes(1));
    assertThat(watch.trouble()).isNotNull();
    assertThat(log.lines()).hasSize(1);
  }

  private void lookAfter(Duration time) {
    passed = passed.plus(time);
    watch.look();
  }

  // Goes on by so much for each time that it is read, besides what really passes.
  private long nanos() {
    passed = passed.plus(answerTakes);
    return System.nanoTime() + passed.toNanos();
  }
}
