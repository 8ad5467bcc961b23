package dev.latchkey.it.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server that runs; is gone, with all of its processes, after {@link #close}. */
public final class ServerProcess implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration STOP = Duration.ofSeconds(20);
  private static final Pattern RESIDENT = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private final Process process;
  private final Redeployment redeployment;
  private final Thread atExit;

  private ServerProcess(Process process, Redeployment redeployment) {
    this.process = process;
    this.redeployment = redeployment;
    this.atExit = new Thread(this::kill);
  }

  /** How a server takes an application again while it runs. */
  interface Redeployment {
    void of(String context, Path war) throws IOException;
  }

  static ServerProcess start(ProcessBuilder command, Path logs) throws IOException {
    return start(
        command,
        logs,
        (context, war) -> {
          throw new UnsupportedOperationException("this server takes nothing while it runs");
        });
  }

  static ServerProcess start(ProcessBuilder command, Path logs, Redeployment redeployment)
      throws IOException {
    Files.createDirectories(logs);
    File console = logs.resolve("console.log").toFile();
    ServerProcess started =
        new ServerProcess(
            command
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console))
                .start(),
            redeployment);
    Runtime.getRuntime().addShutdownHook(started.atExit);
    return started;
  }

  /** Runs a command to its end. */
  static void run(ProcessBuilder command, Path logs) throws IOException {
    try (ServerProcess running = start(command, logs)) {
      if (!running.process.waitFor(120, TimeUnit.SECONDS) || running.process.exitValue() != 0) {
        throw new IOException(
            command.command() + " failed; see " + logs.resolve("console.log").toAbsolutePath());
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stop);
    }
  }

  /** Has an application deployed again; does not wait for it. */
  public void redeploy(String context, Path war) throws IOException {
    redeployment.of(context, war);
  }

  /** What a diagnostic command of the JDK tells about the server. */
  public String diagnose(Path jdk, String... command) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Site.program(jdk, "bin/jcmd"));
    words.add(String.valueOf(pid()));
    words.addAll(List.of(command));
    Process asked = new ProcessBuilder(words).redirectErrorStream(true).start();
    return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Whether the server has not ended. */
  public boolean running() {
    return process.isAlive();
  }

  /**
   * Returns when somebody listens on a port of 127.0.0.1.
   *
   * @throws IOException when the server has ended before, or two minutes have passed
   */
  void listensOn(int port) throws IOException {
    long start = System.nanoTime();
    while (true) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return;
      } catch (IOException notYet) {
        if (!running() || System.nanoTime() - start > START.toNanos()) {
          throw new IOException("the server did not start", notYet);
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /** The most memory that the biggest of its processes has held, in MiB (resident set). */
  public long peakMebibytes() {
    return peakMebibytes(all().stream());
  }

  /** The same of other processes. */
  public static long peakMebibytes(Stream<ProcessHandle> processes) {
    return processes.mapToLong(ServerProcess::peakKibibytes).max().orElse(0) / 1024;
  }

  /** Its Java process: the biggest. */
  public long pid() {
    return all().stream()
        .max(Comparator.comparingLong(ServerProcess::peakKibibytes))
        .map(ProcessHandle::pid)
        .orElseThrow();
  }

  private List<ProcessHandle> all() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
  }

  private static long peakKibibytes(ProcessHandle handle) {
    try {
      Matcher resident =
          RESIDENT.matcher(Files.readString(Path.of("/proc/" + handle.pid() + "/status")));
      return resident.find() ? Long.parseLong(resident.group(1)) : 0;
    } catch (IOException ended) {
      return 0;
    }
  }

  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }

  private void kill() {
    // Children first: a script that is gone leaves them to init, where nobody finds them.
    List<ProcessHandle> all = all();
    all.forEach(ProcessHandle::destroy);
    for (ProcessHandle each : all) {
      try {
        each.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        each.destroyForcibly();
      } catch (ExecutionException | TimeoutException late) {
        each.destroyForcibly();
      }
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }
}
