package dev.latchkey.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.test.spi.LifecycleMethodExecutor;
import org.jboss.arquillian.test.spi.TestRunnerAdaptor;
import org.jboss.arquillian.test.spi.TestRunnerAdaptorBuilder;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Payara Micro with both WARs, started by Arquillian for the first class that asks and stopped
 * after the last one. Arquillian's own JUnit extension would start it anew for each class.
 *
 * <p>Gives test classes the {@link Latchkey} that runs there.
 */
final class PayaraMicro implements BeforeAllCallback, ParameterResolver {

  private static final ExtensionContext.Namespace RUNNING =
      ExtensionContext.Namespace.create(PayaraMicro.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Latchkey.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context).latchkey();
  }

  private static Running running(ExtensionContext context) {
    Object started =
        context.getRoot().getStore(RUNNING).getOrComputeIfAbsent("server", key -> start());
    if (started instanceof Running running) {
      return running;
    }
    // Tried once; each class fails by the same reason without waiting for it again.
    throw new IllegalStateException(
        "Payara Micro with Latchkey did not start", (Throwable) started);
  }

  private static Object start() {
    TestRunnerAdaptor arquillian = TestRunnerAdaptorBuilder.build();
    try {
      arquillian.beforeSuite();
      arquillian.beforeClass(Wars.class, LifecycleMethodExecutor.NO_OP);
      return new Running(arquillian, Latchkey.ready(Installation.ofThisBuild()));
    } catch (Exception | AssertionError failed) {
      stop(arquillian);
      return failed;
    }
  }

  private static void stop(TestRunnerAdaptor arquillian) {
    try {
      arquillian.afterClass(Wars.class, LifecycleMethodExecutor.NO_OP);
      arquillian.afterSuite();
      arquillian.shutdown();
    } catch (Exception stillRunning) {
      throw new IllegalStateException("Payara Micro did not stop", stillRunning);
    }
  }

  private record Running(TestRunnerAdaptor arquillian, Latchkey latchkey) implements AutoCloseable {

    @Override
    public void close() {
      stop(arquillian);
    }
  }

  /** What Arquillian deploys: the admin WAR. The filter WAR stands in {@code arquillian.xml}. */
  static final class Wars {

    private Wars() {}

    @Deployment(testable = false)
    static WebArchive adminWar() throws IOException {
      Installation installation = Installation.ofThisBuild();
      for (Path leftover : List.of(installation.home(), installation.logs())) {
        delete(leftover);
      }
      Files.createDirectories(installation.logs());
      File war = installation.folder().resolve("latchkey.war").toFile();
      return ShrinkWrap.create(ZipImporter.class, "latchkey.war")
          .importFrom(war)
          .as(WebArchive.class);
    }

    private static void delete(Path folder) throws IOException {
      if (Files.exists(folder)) {
        try (Stream<Path> all = Files.walk(folder)) {
          for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(each);
          }
        }
      }
    }
  }
}
