package dev.latchkey.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.JpaModel;
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
    database = Database.migrate(settings, ServerDataSource.lookedUp(settings), JpaModel.entities());
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
      UsageRecorder node =
          new UsageRecorder(database.connections(), id -> "t" + id, new MovedClock(NOON));
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

  @Test
  @DisplayName("the time and the address of the last use are kept, whoever writes last")
  void lastUse() {
    try (UsageRecorder node =
        new UsageRecorder(database.connections(), id -> "t" + id, new MovedClock(NOON))) {
      UseCounter counter = node.counter(1);
      uses(node, counter, NOON.plusSeconds(10), "192.0.2.1");
      // Another node's, written later.
      uses(node, node.counter(1), NOON, "192.0.2.2");
      assertThat(written()).isEqualTo("2 2026-03-29T12:00:10Z 192.0.2.1");
      uses(node, counter, NOON.plusSeconds(20), "192.0.2.3");
      assertThat(written()).isEqualTo("3 2026-03-29T12:00:20Z 192.0.2.3");
    }
  }

  private static void uses(UsageRecorder node, UseCounter counter, Instant at, String from) {
    counter.used(at.toEpochMilli(), from);
    node.flush();
  }

  private String written() {
    TokenUsage usage =
        database.read(em -> em.createQuery("from TokenUsage", TokenUsage.class).getSingleResult());
    return usage.uses() + " " + usage.lastUsedAt() + " " + usage.lastUsedFrom();
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
