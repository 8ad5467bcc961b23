package dev.latchkey.it;

import dev.latchkey.it.server.ServerKind;
import dev.latchkey.it.server.ServerProcess;
import dev.latchkey.it.server.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The server of the Maven profile with both WARs, started for the first class that asks and stopped
 * after the last one. Without a profile it is Payara Micro. A plain servlet container has the
 * filter WAR, and Payara Micro the admin WAR beside it, on the same database.
 *
 * <p>Gives test classes the {@link Latchkey} that runs there.
 */
final class TestedServer implements BeforeAllCallback, ParameterResolver {

  private static final ExtensionContext.Namespace RUNNING =
      ExtensionContext.Namespace.create(TestedServer.class);
  private static final String DEFAULT = "payara-micro";

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Latchkey.class || type == Applications.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Latchkey.class
        ? running(context).latchkey
        : running(context).applications();
  }

  private static Running running(ExtensionContext context) {
    Object started =
        context.getRoot().getStore(RUNNING).getOrComputeIfAbsent("server", key -> start());
    if (started instanceof Running running) {
      return running;
    }
    // Tried once; each class fails by the same reason without waiting for it again.
    throw new IllegalStateException("Latchkey did not start", (Throwable) started);
  }

  private static Object start() {
    List<AutoCloseable> open = new ArrayList<>();
    try {
      return started(open);
    } catch (Exception | AssertionError failed) {
      close(open);
      return failed;
    }
  }

  private static Running started(List<AutoCloseable> open) throws Exception {
    Installation installation = Installation.ofThisBuild();
    installation.isCleared();
    String name = Installation.setting("tested.server");
    long start = System.nanoTime();
    if (name.equals(DEFAULT)) {
      open.add(PayaraMicro.start());
      return running(open, installation, start);
    }
    ServerKind kind = ServerKind.named(name);
    Map<String, Path> wars = new LinkedHashMap<>();
    if (kind.hasJaxRs()) {
      wars.put("/latchkey", installation.war("latchkey"));
    } else {
      open.add(PayaraMicro.start());
      Latchkey.ready(installation);
      installation = installation.withFilterAt(Site.freePort());
      start = System.nanoTime();
    }
    wars.put("", installation.war("filter"));
    open.add(kind.start(site(installation, wars)));
    return running(open, installation, start);
  }

  private static Running running(List<AutoCloseable> open, Installation installation, long start) {
    Latchkey latchkey = Latchkey.ready(installation);
    return new Running(open, latchkey, Duration.ofNanos(System.nanoTime() - start));
  }

  private static Site site(Installation installation, Map<String, Path> wars) throws IOException {
    Path folder = installation.server();
    return new Site(
        Path.of(Installation.setting("tested.unpacked")),
        folder,
        installation.logs(),
        Path.of(Installation.setting("tested.jdk")),
        installation.port(),
        environment(installation.folder().resolve("latchkey.env")),
        wars,
        "512m");
  }

  private static Map<String, String> environment(Path file) throws IOException {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    Map<String, String> environment = new LinkedHashMap<>();
    properties
        .stringPropertyNames()
        .forEach(key -> environment.put(key, properties.getProperty(key)));
    return environment;
  }

  private static void close(List<AutoCloseable> open) {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception stillRunning) {
        throw new IllegalStateException("a server did not stop", stillRunning);
      }
    }
  }

  private static final class Running implements AutoCloseable {

    private final List<AutoCloseable> open;
    private final Latchkey latchkey;
    private final Duration untilReady;
    private @Nullable Applications applications;
    private @Nullable Throwable applicationsFailed;

    Running(List<AutoCloseable> open, Latchkey latchkey, Duration untilReady) {
      this.open = open;
      this.latchkey = latchkey;
      this.untilReady = untilReady;
    }

    synchronized Applications applications() {
      Applications started = applications;
      if (started == null) {
        if (applicationsFailed == null) {
          try {
            writeFigures();
            started = Applications.startedBeside(latchkey.installation());
          } catch (IOException | AssertionError notStarted) {
            applicationsFailed = notStarted;
          }
        }
        if (started == null) {
          throw new IllegalStateException("the applications did not start", applicationsFailed);
        }
        open.add(started);
        applications = started;
      }
      return started;
    }

    /** For the table of docs/servers.md: of the server alone, before there is another. */
    private void writeFigures() throws IOException {
      AutoCloseable last = open.get(open.size() - 1);
      long mebibytes =
          last instanceof ServerProcess server
              ? server.peakMebibytes()
              : ServerProcess.peakMebibytes(ProcessHandle.current().descendants());
      Files.writeString(
          latchkey.installation().folder().resolve("figures.properties"),
          "version=%s%nseconds=%.1f%nmebibytes=%d%n"
              .formatted(
                  Installation.setting("tested.version"),
                  untilReady.toMillis() / 1000.0,
                  mebibytes));
    }

    @Override
    public void close() throws IOException {
      if (applications == null && applicationsFailed == null) {
        writeFigures();
      }
      TestedServer.close(open);
    }
  }
}
