package dev.latchkey.filter;

import dev.latchkey.core.Check;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Map;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/** Shows the metrics of an application by JMX. Immutable. */
final class ManagedFilter implements FilterMXBean {

  private static final Logger LOG = System.getLogger(ManagedFilter.class.getName());
  private static final int MOST_OF_ONE_CONTEXT = 100;

  private final FilterMetrics metrics;

  private ManagedFilter(FilterMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Registers the metrics of an application. A server that does not take them does without.
   *
   * @param contextPath empty for the root
   * @return takes them out again
   */
  static Runnable register(FilterMetrics metrics, @Nullable String contextPath) {
    String context = contextPath == null || contextPath.isEmpty() ? "/" : contextPath;
    try {
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      ObjectName name = registered(server, new ManagedFilter(metrics), context);
      return () -> unregister(server, name);
    } catch (JMException | RuntimeException | LinkageError refused) {
      LOG.log(Level.DEBUG, "no MXBean for the application " + context, refused);
      return () -> {};
    }
  }

  // Another virtual host, or another version of the application, may have the same context path.
  private static ObjectName registered(MBeanServer server, ManagedFilter bean, String context)
      throws JMException {
    String plain =
        "dev.latchkey:type=Filter,context="
            + (context.matches("[^,=:\"*?\\n]+") ? context : ObjectName.quote(context));
    for (int i = 1; i < MOST_OF_ONE_CONTEXT; i++) {
      ObjectName name = new ObjectName(i == 1 ? plain : plain + ",instance=" + i);
      try {
        server.registerMBean(bean, name);
        return name;
      } catch (InstanceAlreadyExistsException taken) {
        LOG.log(Level.DEBUG, "{0} is taken", name);
      }
    }
    throw new InstanceAlreadyExistsException(plain);
  }

  private static void unregister(MBeanServer server, ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (JMException | RuntimeException gone) {
      LOG.log(Level.DEBUG, "it was not registered any more", gone);
    }
  }

  @Override
  public String getStatus() {
    return Check.all(metrics.health()).text();
  }

  @Override
  public Map<String, Long> getChecks() {
    return metrics.checks();
  }

  @Override
  public long getLookups() {
    return metrics.lookups().found() + metrics.lookups().unknown();
  }

  @Override
  public long getFailedLookups() {
    return metrics.lookups().failed();
  }

  @Override
  public double getLookupSeconds() {
    return metrics.lookupSeconds().sumSeconds();
  }

  @Override
  public long getCacheHits() {
    return metrics.cacheHits();
  }

  @Override
  public long getCacheMisses() {
    return metrics.cacheMisses();
  }

  @Override
  public long getActiveEntries() {
    return metrics.activeEntries();
  }

  @Override
  public long getRefusedEntries() {
    return metrics.refusedEntries();
  }

  @Override
  public double getFeedAgeSeconds() {
    return metrics.feedAgeSeconds();
  }

  @Override
  public long getFeedPosition() {
    return metrics.feedPosition();
  }

  @Override
  public double getClockOffsetSeconds() {
    return metrics.clockOffsetSeconds();
  }

  @Override
  public long getUsageUnwritten() {
    return metrics.usageUnwritten();
  }
}
