package dev.latchkey.it;

import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.test.spi.LifecycleMethodExecutor;
import org.jboss.arquillian.test.spi.TestRunnerAdaptor;
import org.jboss.arquillian.test.spi.TestRunnerAdaptorBuilder;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/**
 * Payara Micro with both WARs, started by Arquillian. Arquillian's own JUnit extension would start
 * it anew for each class.
 */
final class PayaraMicro implements AutoCloseable {

  private final TestRunnerAdaptor arquillian;

  private PayaraMicro(TestRunnerAdaptor arquillian) {
    this.arquillian = arquillian;
  }

  static PayaraMicro start() throws Exception {
    PayaraMicro started = new PayaraMicro(TestRunnerAdaptorBuilder.build());
    try {
      started.arquillian.beforeSuite();
      started.arquillian.beforeClass(Wars.class, LifecycleMethodExecutor.NO_OP);
      return started;
    } catch (Exception | AssertionError failed) {
      started.close();
      throw failed;
    }
  }

  @Override
  public void close() {
    try {
      arquillian.afterClass(Wars.class, LifecycleMethodExecutor.NO_OP);
      arquillian.afterSuite();
      arquillian.shutdown();
    } catch (Exception stillRunning) {
      throw new IllegalStateException("Payara Micro did not stop", stillRunning);
    }
  }

  /** What Arquillian deploys: the admin WAR. The filter WAR stands in {@code arquillian.xml}. */
  static final class Wars {

    private Wars() {}

    @Deployment(testable = false)
    static WebArchive adminWar() {
      return ShrinkWrap.create(ZipImporter.class, "latchkey.war")
          .importFrom(Installation.ofThisBuild().war("latchkey").toFile())
          .as(WebArchive.class);
    }
  }
}
