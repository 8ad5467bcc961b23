package dev.latchkey.nodes;

import dev.latchkey.it.server.ServerKind;
import dev.latchkey.it.server.ServerProcess;
import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One server process with one WAR, and its own wire to the database. */
final class Node implements AutoCloseable {

  static final String HEAP = "256m";

  private final Path folder;
  private final Map<String, Path> wars;
  private final Map<String, String> environment;
  private final int port;
  private final Duration maxStale;
  private final @Nullable Wire wire;
  private final String heap;
  private @Nullable ServerProcess process;

  /**
   * A node that does not run yet.
   *
   * @param maxStale its {@code latchkey.cache.max-stale}
   */
  Node(
      Path folder,
      Map<String, Path> wars,
      Map<String, String> environment,
      Duration maxStale,
      @Nullable Wire wire,
      int port) {
    this(folder, wars, environment, maxStale, wire, port, HEAP);
  }

  /** The same with another heap, as {@code -Xmx} takes it. */
  Node(
      Path folder,
      Map<String, Path> wars,
      Map<String, String> environment,
      Duration maxStale,
      @Nullable Wire wire,
      int port,
      String heap) {
    this.folder = folder;
    this.wars = wars;
    this.maxStale = maxStale;
    this.wire = wire;
    this.heap = heap;
    this.port = port;
    this.environment = new HashMap<>(environment);
    this.environment.put("LATCHKEY_CACHE_MAX_STALE", maxStale.toString());
  }

  /** Returns when it listens. */
  void start() throws IOException {
    Files.createDirectories(folder);
    process =
        ServerKind.PAYARA_MICRO.start(
            new Site(
                Path.of(System.getProperty("tested.folder")),
                folder,
                folder,
                Path.of(System.getProperty("tested.jdk")),
                port,
                environment,
                wars,
                heap));
  }

  int port() {
    return port;
  }

  Duration maxStale() {
    return maxStale;
  }

  Wire wire() {
    Wire mine = wire;
    if (mine == null) {
      throw new IllegalStateException(this + " is connected directly");
    }
    return mine;
  }

  /** {@code kill -9} */
  void isKilled() {
    ServerProcess running = process;
    if (running != null) {
      ProcessHandle.of(running.pid())
          .ifPresent(
              java -> {
                java.destroyForcibly();
                java.onExit().join();
              });
      running.close();
      process = null;
    }
  }

  void isPaused() throws IOException {
    Signals.send("STOP", handles());
  }

  void isContinued() throws IOException {
    Signals.send("CONT", handles());
  }

  private List<ProcessHandle> handles() {
    ServerProcess running = process;
    return running == null ? List.of() : ProcessHandle.of(running.pid()).stream().toList();
  }

  /** Mebibytes of memory that it holds now. */
  long residentMebibytes() {
    return handles().stream().mapToLong(Node::resident).sum() / 1024;
  }

  private static long resident(ProcessHandle handle) {
    try {
      return Files.readAllLines(Path.of("/proc/" + handle.pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException ended) {
      return 0;
    }
  }

  /** How many characters its log has. */
  int logged() throws IOException {
    return Files.readString(log()).length();
  }

  /** The lines that it has logged behind a position of {@link #logged}. */
  List<String> loggedSince(int position) throws IOException {
    return Files.readString(log()).substring(position).lines().toList();
  }

  /** How many entries it has logged since then; a stack trace belongs to one. */
  long entriesSince(int position) throws IOException {
    return loggedSince(position).stream().filter(Node::beginsAnEntry).count();
  }

  private static boolean beginsAnEntry(String line) {
    return line.startsWith("[20");
  }

  private Path log() {
    return folder.resolve("console.log");
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }

  @Override
  public void close() throws IOException {
    isContinued();
    isKilled();
    if (wire != null) {
      wire.close();
    }
  }
}
