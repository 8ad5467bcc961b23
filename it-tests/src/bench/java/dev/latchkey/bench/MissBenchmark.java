package dev.latchkey.bench;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A call with a token that is not in memory: more tokens in turn than memory has room for. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // by JMH
public class MissBenchmark {

  private static final int TOKENS = 5000;

  @Param("LATCHKEY")
  public String peer;

  /** {@code h2}, or the file in which an installation is written down. */
  @Param("h2")
  public String database;

  private Application application;
  private int next;

  @Setup(Level.Trial)
  public void start() throws Exception {
    Installation installation =
        "h2".equals(database)
            ? Installation.inMemory(TOKENS)
            : Installation.read(Path.of(database));
    application =
        new Application(
            Peer.valueOf(peer), installation, Map.of(Peer.CACHE_SIZE, "1"), installation.active());
    for (int i = 0; i < 500; i++) {
      if (call() instanceof BareResponse answer && answer.served == null) {
        throw new IllegalStateException("call " + i + " was answered " + answer.getStatus());
      }
    }
  }

  @TearDown(Level.Trial)
  public void end() throws Exception {
    application.close();
  }

  @Benchmark
  public Object call() throws Exception {
    return application.call(next++);
  }
}
