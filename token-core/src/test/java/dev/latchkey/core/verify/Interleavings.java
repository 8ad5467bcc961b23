package dev.latchkey.core.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs threads in every order in which they can run: one at a time, from one {@link #pause} to the
 * next, until each order was tried. Between two pauses a thread must do no more than one thing that
 * others can see, such as what it does under one lock.
 *
 * <p>An order is a list of choices. The first run always takes the first thread that can go on;
 * each next run repeats the one before up to the last choice that has another way, and takes that.
 */
final class Interleavings {

  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final List<Choice> choices = new ArrayList<>();
  private final List<Actor> actors = new ArrayList<>();
  private int step;

  private Interleavings() {}

  /**
   * Tries every order.
   *
   * @param begin starts the threads of one run, by {@link #start}
   * @param end looks at what came of the run, or throws
   * @return how many orders there are
   */
  static int all(Consumer<Interleavings> begin, Runnable end) {
    Interleavings search = new Interleavings();
    int orders = 0;
    do {
      search.step = 0;
      search.actors.clear();
      begin.accept(search);
      search.runToTheEnd();
      end.run();
      orders++;
    } while (search.hasAnotherOrder());
    return orders;
  }

  /** Adds a thread, which waits for its turn. Threads may add others. */
  void start(Runnable work) {
    Actor actor = new Actor(work);
    actors.add(actor);
    actor.thread.start();
  }

  /** Where another thread may go on instead. Does nothing on a thread that was not started here. */
  static void pause() {
    if (Thread.currentThread() instanceof Turns mine) {
      mine.actor.pause();
    }
  }

  private void runToTheEnd() {
    while (true) {
      List<Actor> ready = new ArrayList<>();
      for (Actor actor : List.copyOf(actors)) {
        actor.settle();
        if (actor.failure != null) {
          throw new AssertionError("in order " + choices, actor.failure);
        }
        if (actor.waiting) {
          ready.add(actor);
        }
      }
      if (ready.isEmpty()) {
        return;
      }
      if (step == choices.size()) {
        choices.add(new Choice(ready.size()));
      }
      Choice choice = choices.get(step++);
      if (choice.ways != ready.size()) {
        throw new IllegalStateException("the same order led elsewhere: " + choices);
      }
      ready.get(choice.taken).goOn();
    }
  }

  private boolean hasAnotherOrder() {
    while (!choices.isEmpty()) {
      Choice last = choices.get(choices.size() - 1);
      if (last.taken + 1 < last.ways) {
        last.taken++;
        return true;
      }
      choices.remove(choices.size() - 1);
    }
    return false;
  }

  private static final class Choice {

    private final int ways;
    private int taken;

    Choice(int ways) {
      this.ways = ways;
    }

    @Override
    public String toString() {
      return taken + "/" + ways;
    }
  }

  private static final class Turns extends Thread {

    private final Actor actor;

    Turns(Runnable work, Actor actor) {
      super(work);
      this.actor = actor;
      setDaemon(true);
    }
  }

  private static final class Actor {

    private final Thread thread;
    private final Semaphore turn = new Semaphore(0);
    private volatile boolean waiting;
    private volatile boolean ended;
    private volatile @Nullable Throwable failure;

    Actor(Runnable work) {
      thread =
          new Turns(
              () -> {
                try {
                  pause();
                  work.run();
                } catch (Throwable failed) {
                  failure = failed;
                } finally {
                  ended = true;
                }
              },
              this);
    }

    void pause() {
      waiting = true;
      turn.acquireUninterruptibly();
    }

    void goOn() {
      waiting = false;
      turn.release();
      settle();
    }

    /** Returns when the thread waits for its turn or for what another one promised, or is over. */
    @SuppressWarnings("ThreadPriorityCheck") // it is faster so, and right without
    void settle() {
      long start = System.nanoTime();
      while (!waiting && !ended && !awaitsAnother()) {
        Thread.yield();
        if (System.nanoTime() - start > STUCK_NANOS) {
          throw new IllegalStateException("stuck at " + List.of(thread.getStackTrace()));
        }
      }
    }

    private boolean awaitsAnother() {
      // What a thread parks on in CompletableFuture.get.
      return LockSupport.getBlocker(thread) instanceof ForkJoinPool.ManagedBlocker promise
          && !promise.isReleasable();
    }
  }
}
