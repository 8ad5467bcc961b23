package dev.latchkey.filter;

import dev.latchkey.core.BackgroundStart;
import dev.latchkey.core.Check;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.verify.TokenVerifier;
import jakarta.servlet.ServletContext;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The node of an application, shared by all of its filters: begun by the first of them, ended with
 * the last. Thread-safe.
 */
final class SharedNode implements AutoCloseable {

  private static final String ATTRIBUTE = SharedNode.class.getName();

  private final ServletContext context;
  private final BackgroundStart<LatchkeyNode> start;
  private final FilterMetrics metrics;
  private final Runnable unregister;

  // Guarded by this.
  private int users;

  private SharedNode(ServletContext context, BackgroundStart<LatchkeyNode> start) {
    this.context = context;
    this.start = start;
    this.metrics =
        new FilterMetrics(
            () -> {
              LatchkeyNode running = start.running();
              return running == null ? null : running.metrics();
            },
            this::checks);
    this.unregister = ManagedFilter.register(metrics, context.getContextPath());
  }

  /** The node that runs in an application; null when there is none. */
  static @Nullable SharedNode in(ServletContext context) {
    return context.getAttribute(ATTRIBUTE) instanceof SharedNode running ? running : null;
  }

  /** What was counted in the application. */
  FilterMetrics metrics() {
    return metrics;
  }

  /** The node of an application; to be closed by everybody who has asked for it. */
  static SharedNode of(ServletContext context, Settings settings, Clock clock) {
    synchronized (context) {
      SharedNode shared =
          context.getAttribute(ATTRIBUTE) instanceof SharedNode running
              ? running
              : begun(context, settings, clock);
      shared.users++;
      context.setAttribute(ATTRIBUTE, shared);
      return shared;
    }
  }

  private static SharedNode begun(ServletContext context, Settings settings, Clock clock) {
    ServerDataSource server = ServerDataSource.lookedUp(settings);
    BackgroundStart<LatchkeyNode> start =
        new BackgroundStart<>(() -> LatchkeyNode.open(settings, server, clock), clock);
    start.begin();
    return new SharedNode(context, start);
  }

  /** The verifier; null when there is none yet. */
  @Nullable TokenVerifier verifier() {
    LatchkeyNode running = start.running();
    return running == null ? null : running.verifier();
  }

  /** Whether it can check tokens, or why not. */
  List<Check> checks() {
    LatchkeyNode running = start.running();
    return running == null ? List.of(Check.notOpened(start.lastFailure())) : running.checks();
  }

  @Override
  public void close() {
    boolean last;
    synchronized (context) {
      users--;
      last = users == 0;
      if (last) {
        context.removeAttribute(ATTRIBUTE);
      }
    }
    if (last) {
      unregister.run();
      start.close();
    }
  }
}
