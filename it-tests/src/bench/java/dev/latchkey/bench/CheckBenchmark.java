package dev.latchkey.bench;

import java.util.List;
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

/** A call whose answer is in memory, or needs none. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // by JMH
public class CheckBenchmark {

  private static final int TOKENS = 256;

  @Param("LATCHKEY")
  public String peer;

  @Param({"hit", "foreign", "refused"})
  public String token;

  private Application application;

  /** Which token is next. */
  @State(Scope.Thread)
  public static class Next {
    int number;
  }

  @Setup(Level.Trial)
  public void start() throws Exception {
    Installation installation = Installation.inMemory(TOKENS);
    List<String> tokens =
        switch (token) {
          case "hit" -> installation.active();
          case "foreign" -> installation.foreign();
          default -> installation.deactivated();
        };
    application = new Application(Peer.valueOf(peer), installation, Map.of(), tokens);
    application.warmUp("BARE".equals(peer) || "hit".equals(token));
  }

  @TearDown(Level.Trial)
  public void end() throws Exception {
    application.close();
  }

  @Benchmark
  public Object call(Next next) throws Exception {
    return application.call(next.number++);
  }
}
