package dev.latchkey.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Server.class)
class UsageRecorderTest {

  private static final Instant NOON = Instant.parse("2026-03-29T12:00:00Z");
  private static final int NODES = 4;
  private static final int TOKENS = 300;
  private static final Logger HIBERNATE = Logger.getLogger("org.hibernate");

  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final Handler log = new Log();
  private final Server server;
  private final Database database;

  UsageRecorderTest(Server server) {
    this.server = server;
    Settings settings = server.settings();
    database =
        Database.migrate(settings, ServerDataSource.lookedUp(settings), LatchkeyNode.entities());
  }

  @BeforeEach
  void listen() {
    HIBERNATE.addHandler(log);
  }

  @AfterEach
  void close() {
    HIBERNATE.removeHandler(log);
    database.close();
  }

  @Test
  @DisplayName(
      "nodes that begin a day at the same moment count all uses, and on a shared database log no duplicate")
  void severalNodesBeginADay() throws Exception {
    List<UsageRecorder> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      UsageRecorder node = new UsageRecorder(database, id -> "t" + id, new MovedClock(NOON));
      nodes.add(node);
      for (int token = 0; token < TOKENS; token++) {
        node.counter(token).used(NOON.toEpochMilli(), "192.0.2." + i);
      }
    }
    CyclicBarrier midnight = new CyclicBarrier(NODES);
    ExecutorService threads = Executors.newFixedThreadPool(NODES);
    try {
      List<Future<?>> flushed = new ArrayList<>();
      for (UsageRecorder node : nodes) {
        flushed.add(
            threads.submit(
                () -> {
                  midnight.await();
                  node.flush();
                  return null;
                }));
      }
      for (Future<?> each : flushed) {
        each.get();
      }
    } finally {
      threads.shutdown();
      nodes.forEach(UsageRecorder::close);
    }
    List<Long> uses =
        database.read(
            em -> em.createQuery("select u.uses from TokenUsage u", Long.class).getResultList());
    assertThat(uses).hasSize(TOKENS).containsOnly((long) NODES);
    switch (server) {
      case POSTGRESQL -> assertThat(logged).isEmpty();
      // Its rows' gaps may be locked in a circle, which is tried again.
      case MARIADB -> assertThat(logged).noneMatch(line -> line.contains("Duplicate"));
      case H2 -> {} // has one process
    }
  }

  private final class Log extends Handler {

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= java.util.logging.Level.WARNING.intValue()) {
        logged.add(line.getLoggerName() + " " + line.getMessage());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
