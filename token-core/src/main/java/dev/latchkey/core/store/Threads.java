package dev.latchkey.core.store;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Threads that use the database: how they begin and how they end. */
public final class Threads {

  private static final long PATIENCE_SECONDS = 10;

  private Threads() {}

  /** Makes daemon threads of this name. */
  public static ThreadFactory daemon(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Ends an executor when what it runs has ended, or after ten seconds. Nothing is interrupted
   * before that: an interrupted thread closes the file of an embedded database for all.
   */
  public static void end(ExecutorService executor) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException stopped) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
