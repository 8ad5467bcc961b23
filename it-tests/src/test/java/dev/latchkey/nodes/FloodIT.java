package dev.latchkey.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.nodes.Watched.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Floods at one node, as fast as this machine drives them beside it, while good tokens are asked
 * for at a steady rate.
 */
@ExtendWith(Cluster.class)
@Order(5)
@DisabledIfSystemProperty(named = "nodes.quick", matches = ".*")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@DisplayName("When somebody floods a node")
class FloodIT {

  private static final Duration LENGTH = Duration.ofSeconds(15);
  private static final int GOOD_PER_SECOND = 200;
  private static final int FLOODING_THREADS = 8;
  private static final int SLOW_CONNECTIONS = 5000;
  private static final long MOST_MEBIBYTES = 900;
  private static final Report REPORT =
      new Report(
          "floods",
          "flood at one node",
          "a second",
          "good tokens a second",
          "their p50 ms",
          "their p99 ms",
          "memory of the node, MiB");

  private final Cluster.Running cluster;

  FloodIT(Cluster.Running cluster) {
    this.cluster = cluster;
  }

  @AfterAll
  static void write() {
    REPORT.write();
  }

  @Test
  @Order(1)
  @DisplayName("E5 quiet, to compare with")
  void quiet() throws Exception {
    during("none", () -> new Flood(List.of()));
  }

  @Test
  @Order(2)
  @DisplayName("E5 requests that nobody checks, to compare with: what the server itself costs")
  void unchecked() throws Exception {
    during(
        "requests that nobody checks (`/health/live`)",
        () -> flooding("/health/live", () -> "none"));
  }

  @Test
  @Order(3)
  @DisplayName("E5 tokens that are not ours")
  void foreign() throws Exception {
    during("tokens that are not ours", () -> flooding("/verify", FloodIT::foreignToken));
  }

  @Test
  @Order(4)
  @DisplayName("E5 tokens that look like ours, each another one: the database is asked for each")
  void unknown() throws Exception {
    SecretKeySpec key =
        new SecretKeySpec(
            HexFormat.of()
                .parseHex(
                    cluster
                        .postgres()
                        .column(
                            "select encode(secret, 'hex') from tag_key order by id desc limit 1")
                        .get(0)),
            "HmacSHA256");
    during(
        "unknown tokens with a right tag, each another one",
        () -> flooding("/verify", () -> tagged(key)));
  }

  @Test
  @Order(5)
  @DisplayName("E5 connections that send a byte now and then")
  void slowConnections() throws Exception {
    during(SLOW_CONNECTIONS + " slow connections", this::dripping);
  }

  private void during(String what, Supplier<Flood> begin) throws Exception {
    Node node = cluster.lenient().get(0);
    List<Watched> good = cluster.issues(Kind.GOOD, 20);
    try (Load load = Load.start(List.of(node), good, GOOD_PER_SECOND, Duration.ofSeconds(60));
        Flood flood = begin.get()) {
      load.takeGood();
      flood.sent.reset();
      long start = System.nanoTime();
      for (long left = LENGTH.toNanos();
          left > 0;
          left = start + LENGTH.toNanos() - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      Figures latency = load.takeGood();
      long mebibytes = node.residentMebibytes();
      REPORT.row(
          what,
          String.format(Locale.ROOT, "%,.0f", flood.sent.sum() / seconds),
          String.format(Locale.ROOT, "%,.0f", latency.count() / seconds),
          String.format(Locale.ROOT, "%.1f", latency.percentile(50)),
          String.format(Locale.ROOT, "%.1f", latency.percentile(99)),
          String.valueOf(mebibytes));
      assertThat(load.violations()).isEmpty();
      assertThat(flood.admitted.get()).as("let in").isZero();
      assertThat(latency.count()).as("good tokens").isGreaterThan((int) (5 * seconds));
      assertThat(mebibytes).isLessThan(MOST_MEBIBYTES);
    }
  }

  /** What floods, until it is closed. */
  private static final class Flood implements AutoCloseable {

    private final LongAdder sent = new LongAdder();
    private final AtomicInteger admitted = new AtomicInteger();
    private final List<Socket> sockets;
    private volatile boolean over;

    Flood(List<Socket> sockets) {
      this.sockets = sockets;
    }

    @Override
    public void close() throws IOException {
      over = true;
      for (Socket each : sockets) {
        each.close();
      }
    }
  }

  private Flood flooding(String path, Supplier<String> tokens) {
    Flood flood = new Flood(List.of());
    int port = cluster.lenient().get(0).port();
    for (int i = 0; i < FLOODING_THREADS; i++) {
      Thread thread = new Thread(() -> flood(flood, port, path, tokens), "flood");
      thread.setDaemon(true);
      thread.start();
    }
    return flood;
  }

  private static void flood(Flood flood, int port, String path, Supplier<String> tokens) {
    try (Line line = new Line(port)) {
      while (!flood.over) {
        try {
          if (line.get(path, tokens.get()) == 204) {
            flood.admitted.incrementAndGet();
          }
          flood.sent.increment();
        } catch (IOException refused) {
          LockSupport.parkNanos(1_000_000);
        }
      }
    }
  }

  private Flood dripping() {
    List<Socket> sockets = new ArrayList<>();
    Flood flood = new Flood(sockets);
    int port = cluster.lenient().get(0).port();
    try {
      for (int i = 0; i < SLOW_CONNECTIONS; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket
            .getOutputStream()
            .write("GET /verify HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException noMore) {
      // as many as it takes
    }
    Thread thread =
        new Thread(
            () -> {
              while (!flood.over) {
                drip(flood, sockets);
              }
            },
            "drip");
    thread.setDaemon(true);
    thread.start();
    return flood;
  }

  private static void drip(Flood flood, List<Socket> sockets) {
    for (Socket each : List.copyOf(sockets)) {
      try {
        each.getOutputStream().write('x');
        flood.sent.increment();
      } catch (IOException closedByTheNode) {
        // It does not wait for ever.
      }
      LockSupport.parkNanos(500_000);
    }
  }

  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static String foreignToken() {
    return "lk_" + random(10) + '_' + random(49);
  }

  private static String tagged(SecretKeySpec key) {
    String text = "lk_" + random(10) + '_' + random(43);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      long tag =
          ByteBuffer.wrap(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII))).getLong() >>> 29;
      return text + base62(BigInteger.valueOf(tag));
    } catch (java.security.GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String base62(BigInteger number) {
    StringBuilder text = new StringBuilder();
    BigInteger rest = number;
    for (int i = 0; i < 6; i++) {
      BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(62));
      text.insert(0, BASE62.charAt(parts[1].intValue()));
      rest = parts[0];
    }
    return text.toString();
  }

  private static String random(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(BASE62.charAt(ThreadLocalRandom.current().nextInt(62)));
    }
    return text.toString();
  }
}
