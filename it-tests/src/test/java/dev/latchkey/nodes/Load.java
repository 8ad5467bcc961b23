package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.nodes.Watched.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests from outside at a steady, bounded rate, to all nodes, with good, foreign, revoked and
 * expiring tokens; and the referee, who looks at each answer.
 *
 * <p>Whatever fails: no answer is 500, nobody gets in who must not, and nobody is told that a good
 * token is none.
 */
final class Load implements AutoCloseable {

  private static final int THREADS_PER_NODE = 3;
  private static final int MOST_TOLD = 20;

  /** What may be answered while something fails, besides what is always right. */
  enum Expected {
    /** Every answer. */
    ALL_ANSWERED,
    /** 503 for what is not in memory. */
    FROM_MEMORY,
    /** 503 for everything. */
    UNAVAILABLE,
    /** No answer at all. */
    GONE
  }

  private final List<Node> nodes;
  private final Map<Kind, List<Watched>> tokens = new EnumMap<>(Kind.class);
  private final Map<Node, Expected> expected = new ConcurrentHashMap<>();
  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final LongAdder wronglyLetIn = new LongAdder();
  private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();
  private final Queue<Long> goodMicros = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile Duration revocationBound;
  private volatile boolean over;

  private Load(List<Node> nodes, List<Watched> watched, Duration revocationBound) {
    this.nodes = nodes;
    this.revocationBound = revocationBound;
    for (Kind kind : Kind.values()) {
      tokens.put(kind, watched.stream().filter(each -> each.kind() == kind).toList());
    }
    nodes.forEach(node -> expected.put(node, Expected.ALL_ANSWERED));
  }

  /**
   * Starts, with every good token in every node's memory.
   *
   * @param perSecond requests, to all nodes together
   * @param revocationBound after which nobody gets in with a token that was deactivated
   */
  static Load start(
      List<Node> nodes, List<Watched> watched, int perSecond, Duration revocationBound) {
    Load load = new Load(nodes, watched, revocationBound);
    load.warm();
    long pauseNanos = 1_000_000_000L * THREADS_PER_NODE * nodes.size() / perSecond;
    for (Node node : nodes) {
      for (int i = 0; i < THREADS_PER_NODE; i++) {
        int number = i;
        Thread thread = new Thread(() -> load.run(node, number, pauseNanos), "load-" + node);
        thread.setDaemon(true);
        load.threads.add(thread);
        thread.start();
      }
    }
    return load;
  }

  private void warm() {
    for (Node node : nodes) {
      try (Line line = new Line(node.port())) {
        for (Watched good : tokens.getOrDefault(Kind.GOOD, List.of())) {
          assertThat(line.verify(good.text())).as("%s at %s", good, node).isEqualTo(204);
        }
      } catch (IOException unreachable) {
        throw new AssertionError("no answer from " + node, unreachable);
      }
    }
  }

  /** What is to be expected of all nodes from now on. */
  void expects(Expected now) {
    nodes.forEach(node -> expects(node, now));
  }

  /** What is to be expected of a node from now on. */
  void expects(Node node, Expected now) {
    expected.put(node, now);
  }

  /** From now on deactivated tokens may get in for so long, but never beyond max-stale. */
  void revocationsTake(Duration bound) {
    revocationBound = bound;
  }

  /** Lets a while pass under it. */
  void goesOn(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private void run(Node node, int number, long pauseNanos) {
    try (Line line = new Line(node.port())) {
      long next = System.nanoTime();
      for (int i = number; !over; i++) {
        next = Math.max(next + pauseNanos, System.nanoTime() - 10 * pauseNanos);
        LockSupport.parkNanos(next - System.nanoTime());
        Watched token = token(i, number);
        if (token != null) {
          ask(node, line, token);
        }
      }
    }
  }

  private @org.jspecify.annotations.Nullable Watched token(int i, int number) {
    Kind kind =
        switch (i % 20) {
          case 3, 8, 13, 18 -> Kind.FOREIGN;
          case 5, 10, 15 -> Kind.REVOKED;
          case 1, 9 -> Kind.EXPIRING;
          case 7 -> Kind.SELDOM;
          default -> Kind.GOOD;
        };
    List<Watched> some = tokens.getOrDefault(kind, List.of());
    return some.isEmpty() ? null : some.get((i / 3 * THREADS_PER_NODE + number) % some.size());
  }

  private void ask(Node node, Line line, Watched token) {
    Expected before = expected.getOrDefault(node, Expected.ALL_ANSWERED);
    Instant sent = Instant.now();
    long start = System.nanoTime();
    int status;
    try {
      status = line.verify(token.text());
    } catch (IOException none) {
      status = 0;
    }
    Instant received = Instant.now();
    Expected after = expected.getOrDefault(node, Expected.ALL_ANSWERED);
    count(token.kind() + " " + status);
    if (status == 204 && token.kind() == Kind.GOOD && goodMicros.size() < 1_000_000) {
      goodMicros.add((System.nanoTime() - start) / 1000);
    }
    String wrong =
        wrong(node, token, sent, received, status, before.compareTo(after) > 0 ? before : after);
    if (!wrong.isEmpty() && status == 204) {
      wronglyLetIn.increment();
    }
    if (!wrong.isEmpty() && violations.size() < MOST_TOLD) {
      violations.add(
          node + " answered " + status + " to a " + token + " sent " + sent + ": " + wrong);
    }
  }

  private String wrong(
      Node node, Watched token, Instant sent, Instant received, int status, Expected may) {
    return switch (status) {
      case 204 -> wronglyAdmitted(node, token, sent);
      case 401 -> wronglyRefused(token, received);
      case 503 ->
          switch (may) {
            case ALL_ANSWERED -> "nothing was wrong";
            case FROM_MEMORY ->
                token.kind() == Kind.FOREIGN || token.kind() == Kind.GOOD && !revoking(token)
                    ? "nobody needs the database for it"
                    : "";
            case UNAVAILABLE, GONE -> "";
          };
      case 0 -> may == Expected.GONE ? "" : "no answer";
      default -> "such an answer is never right";
    };
  }

  private static boolean revoking(Watched token) {
    return token.revocationAsked() != null;
  }

  private String wronglyAdmitted(Node node, Watched token, Instant sent) {
    if (token.kind() == Kind.FOREIGN || token.kind() == Kind.REVOKED) {
      return "admitted";
    }
    Instant end = token.expiresAt();
    if (end != null && !sent.isBefore(end)) {
      return "admitted though it expired at " + end;
    }
    Instant revoked = token.revoked();
    Duration bound =
        revocationBound.compareTo(node.maxStale()) < 0 ? revocationBound : node.maxStale();
    return revoked != null && sent.isAfter(revoked.plus(bound))
        ? "admitted though it was deactivated at " + revoked
        : "";
  }

  private static String wronglyRefused(Watched token, Instant received) {
    Instant end = token.expiresAt();
    Instant asked = token.revocationAsked();
    boolean right =
        switch (token.kind()) {
          case FOREIGN, REVOKED -> true;
          case EXPIRING -> end != null && !received.isBefore(end);
          case GOOD, SELDOM -> asked != null && !received.isBefore(asked);
        };
    return right ? "" : "refused though it is active";
  }

  private void count(String what) {
    answers.computeIfAbsent(what, first -> new LongAdder()).increment();
  }

  /** How often what was answered, such as {@code GOOD 204}. */
  long answers(String what) {
    LongAdder counter = answers.get(what);
    return counter == null ? 0 : counter.sum();
  }

  /** How often this was answered. */
  long answers(int status) {
    return answers.entrySet().stream()
        .filter(each -> each.getKey().endsWith(" " + status))
        .mapToLong(each -> each.getValue().sum())
        .sum();
  }

  /** How often anything was answered, or not. */
  long total() {
    return answers.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** How many got in who must not. */
  long wronglyLetIn() {
    return wronglyLetIn.sum();
  }

  /** What was wrong so far. */
  List<String> violations() {
    return List.copyOf(violations);
  }

  /** How long answers to good tokens took since this was last asked. */
  Figures takeGood() {
    List<Double> millis = new ArrayList<>();
    for (Long each = goodMicros.poll(); each != null; each = goodMicros.poll()) {
      millis.add(each / 1000.0);
    }
    return Figures.of(millis);
  }

  @Override
  public void close() {
    over = true;
    for (Thread thread : threads) {
      try {
        thread.join(30_000);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public String toString() {
    return new java.util.TreeMap<>(answers).toString();
  }
}
