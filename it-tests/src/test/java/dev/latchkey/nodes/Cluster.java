package dev.latchkey.nodes;

import dev.latchkey.it.Eventually;
import dev.latchkey.it.server.Site;
import dev.latchkey.nodes.Watched.Kind;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * PostgreSQL, an admin node and four nodes that check tokens: six processes, started for the first
 * class that asks and gone after the last one. Three of the nodes have the default configuration;
 * the last, the strict one, uses no answer for longer than five seconds.
 */
final class Cluster implements BeforeAllCallback, ParameterResolver {

  /** Less of everything, and nothing is written into the documents. */
  static final boolean QUICK =
      Boolean.parseBoolean(System.getProperty("nodes.quick", "false"))
          || "".equals(System.getProperty("nodes.quick"));

  static final Duration POLL_INTERVAL = Duration.ofSeconds(1);
  static final Duration MAX_STALE = Duration.ofMinutes(5);
  static final Duration STRICT_MAX_STALE = Duration.ofSeconds(5);
  private static final int NODES = 4;
  private static final int MOST_TRIES = 20;
  private static final ExtensionContext.Namespace RUNNING =
      ExtensionContext.Namespace.create(Cluster.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    running(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Running.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context);
  }

  private static Running running(ExtensionContext context) {
    Object started =
        context.getRoot().getStore(RUNNING).getOrComputeIfAbsent("cluster", key -> started());
    if (started instanceof Running running) {
      return running;
    }
    throw new IllegalStateException("the nodes did not start", (Throwable) started);
  }

  private static Object started() {
    List<Member> nodes = new ArrayList<>();
    for (int i = 1; i < NODES; i++) {
      nodes.add(new Member("node-" + i, MAX_STALE, Map.of()));
    }
    nodes.add(
        new Member("strict", STRICT_MAX_STALE, Map.of("LATCHKEY_CACHE_REFRESH_AFTER", "PT1S")));
    Running cluster = new Running("nodes", nodes);
    try {
      cluster.start(folder -> Postgres.start(folder.resolve("postgres"), Site.freePort()));
      return cluster;
    } catch (IOException | RuntimeException | AssertionError failed) {
      cluster.close();
      return failed;
    }
  }

  /** A node that is to be. */
  record Member(String name, Duration maxStale, Map<String, String> environment) {}

  /** How a database is made in an empty folder. */
  interface Founder {
    Backend starts(Path folder) throws IOException;
  }

  /** The running processes. */
  static final class Running implements AutoCloseable {

    private final Path folder;
    private final List<Member> members;
    private final List<Node> nodes = new ArrayList<>();
    private final Thread atExit = new Thread(this::end);
    private @Nullable Backend database;
    private @Nullable Node admin;
    private @Nullable Api api;
    private int made;

    /**
     * Processes that do not run yet.
     *
     * @param name of the folder, below {@code target}, that is theirs
     */
    Running(String name, List<Member> members) {
      this.folder = Path.of(System.getProperty("tested.folder")).resolveSibling(name);
      this.members = members;
    }

    /** Starts the database, the admin node and the nodes, and returns when all do their work. */
    void start(Founder founder) throws IOException {
      Runtime.getRuntime().addShutdownHook(atExit);
      clear(folder);
      Files.createDirectories(folder);
      database = founder.starts(folder);
      Node first =
          node(new Member("admin", MAX_STALE, Map.of()), Map.of("/latchkey", war("latchkey.war")));
      admin = first;
      first.start();
      Api basic = Api.as(first.port(), "admin", password());
      for (Member member : members) {
        Node node = checking(member);
        nodes.add(node);
        node.start();
      }
      Eventually.within(
          Duration.ofSeconds(90), "the admin node is ready", () -> status(basic) == 200);
      for (Node node : nodes) {
        Eventually.within(Duration.ofSeconds(90), node + " checks", () -> checks(node));
      }
      api = basic;
      Watched ours = issues(Kind.GOOD, Map.of("scopes", List.of("latchkey:admin")), Map.of());
      api = basic.bearing(ours.text());
    }

    /** One more node, started and to be closed by whoever asks; it is none of {@link #nodes}. */
    Node another(Member member) throws IOException {
      return another(member, war("filter.war"));
    }

    /** The same with another WAR. */
    Node another(Member member, Path war) throws IOException {
      Node node = node(member, Map.of("", war));
      node.start();
      Eventually.within(Duration.ofSeconds(90), node + " checks", () -> checks(node));
      return node;
    }

    private Node checking(Member member) {
      return node(member, Map.of("", war("filter.war")));
    }

    static Path war(String name) {
      return Path.of(System.getProperty("tested.folder")).resolve(name);
    }

    private Node node(Member member, Map<String, Path> wars) {
      Path its = folder.resolve(member.name());
      Wire wire = database().wire();
      Map<String, String> environment = new HashMap<>();
      environment.put(
          "LATCHKEY_JDBC_URL", database().url(wire == null ? database().port() : wire.port()));
      environment.put("LATCHKEY_JDBC_USER", database().user());
      environment.put("LATCHKEY_HOME", its.resolve("home").toString());
      environment.put("LATCHKEY_FEED_POLL_INTERVAL", POLL_INTERVAL.toString());
      environment.putAll(member.environment());
      return new Node(its, wars, environment, member.maxStale(), wire, Site.freePort());
    }

    private String password() {
      Path file = folder.resolve("admin/home/initial-admin-password");
      Eventually.within(
          Duration.ofSeconds(90), "the first admin password", () -> Files.exists(file));
      Eventually.within(Duration.ofSeconds(5), "all of it", () -> !read(file).isEmpty());
      return read(file);
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException missing) {
        throw new UncheckedIOException(missing);
      }
    }

    Postgres postgres() {
      return (Postgres) database();
    }

    Backend database() {
      return present(database);
    }

    /** All nodes reach another database from now on; the one before is the caller's. */
    void isOn(Backend another) {
      database = another;
      wires().forEach(wire -> wire.leadsTo(another.port()));
    }

    /** Where all of it writes. */
    Path folder() {
      return folder;
    }

    List<Node> nodes() {
      return nodes;
    }

    /** The nodes with the default configuration. */
    List<Node> lenient() {
      return nodes.subList(0, nodes.size() - 1);
    }

    /** The node that uses no answer for longer than {@link #STRICT_MAX_STALE}. */
    Node strict() {
      return nodes.get(nodes.size() - 1);
    }

    Node admin() {
      return present(admin);
    }

    Api api() {
      return present(api);
    }

    /** All wires. */
    List<Wire> wires() {
      return Stream.concat(Stream.of(admin()), nodes.stream()).map(Node::wire).toList();
    }

    private static <T> T present(@Nullable T started) {
      if (started == null) {
        throw new IllegalStateException("not started");
      }
      return started;
    }

    static int status(Api api) {
      try {
        return api.health("ready").status();
      } catch (IOException notYet) {
        return 0;
      }
    }

    /** Whether a node asks for a token. */
    static boolean checks(Node node) {
      return answer(node, "lk_none") == 401;
    }

    /** What a node answers when it is asked whether it is ready; 0 when it does not. */
    static int ready(Node node) {
      try (Line line = new Line(node.port())) {
        return line.get("/health/ready", "none");
      } catch (IOException none) {
        return 0;
      }
    }

    /** What a node answers to a token; 0 when it does not. */
    static int answer(Node node, String token) {
      try (Line line = new Line(node.port())) {
        return line.verify(token);
      } catch (IOException none) {
        return 0;
      }
    }

    /** A new third party; its path in the API. */
    String registers(Map<String, ?> more) throws IOException {
      Map<String, Object> draft = new HashMap<>(Map.of("authorization", "manual"));
      draft.putAll(more);
      draft.put("name", "Third Party " + made++);
      JsonObject third = makes("/third-parties", draft);
      return "/third-parties/" + third.getString("id");
    }

    /** A token of a new third party. */
    Watched issues(Kind kind, Map<String, ?> thirdParty, Map<String, ?> draft) throws IOException {
      return issues(kind, registers(thirdParty), draft);
    }

    /** A token of a third party. */
    Watched issues(Kind kind, String thirdParty, Map<String, ?> draft) throws IOException {
      JsonObject token = makes(thirdParty + "/tokens", draft);
      return new Watched(
          kind,
          token.getString("id"),
          thirdParty + "/tokens/" + token.getString("id"),
          token.getString("token"),
          token.isNull("expiresAt") ? null : Instant.parse(token.getString("expiresAt")));
    }

    // As a client that wants it done: a connection to the database may have broken since it was
    // last used.
    private JsonObject makes(String path, Map<String, ?> draft) throws IOException {
      String key = "made-" + made++;
      Api.Answer answer = api().post(path, draft, key);
      for (int again = 0; answer.status() == 503 && again < MOST_TRIES; again++) {
        LockSupport.parkNanos(Duration.ofMillis(250).toNanos());
        answer = api().post(path, draft, key);
      }
      return answer.is(201).json();
    }

    /** Several tokens of one new third party. */
    List<Watched> issues(Kind kind, int count) throws IOException {
      String thirdParty = registers(Map.of());
      List<Watched> tokens = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        tokens.add(issues(kind, thirdParty, Map.of()));
      }
      return tokens;
    }

    /** Tokens of all kinds; of the expiring ones, one ends in each of the next seconds. */
    List<Watched> mixed(int expiring) throws IOException {
      List<Watched> mix = new ArrayList<>(issues(Kind.GOOD, 30));
      mix.addAll(issues(Kind.SELDOM, QUICK ? 100 : 300));
      for (Watched revoked : issues(Kind.REVOKED, 10)) {
        api().patch(revoked.path(), Map.of("active", false)).is(200);
        mix.add(revoked);
      }
      mix.add(Watched.foreign("lk_0123456789_" + "a".repeat(49)));
      mix.add(Watched.foreign("lk_0123456789_" + "b".repeat(49)));
      mix.add(Watched.foreign("something-else"));
      String thirdParty = registers(Map.of());
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      for (int i = 1; i <= expiring; i++) {
        String end = now.plusSeconds(3 + i).toString();
        mix.add(issues(Kind.EXPIRING, thirdParty, Map.of("expiresAt", end)));
      }
      return mix;
    }

    /** Deactivates a token; whether that was acknowledged. */
    boolean revokes(Watched token) {
      token.revocationIsAsked(Instant.now());
      try {
        boolean done = api().patch(token.path(), Map.of("active", false)).status() == 200;
        if (done) {
          token.isRevoked(Instant.now());
        }
        return done;
      } catch (IOException unknown) {
        return false;
      }
    }

    /** The same, for a test that asks until it is done. */
    boolean revokesAgain(Watched token) {
      return token.revoked() != null || revokes(token);
    }

    @Override
    public void close() {
      end();
      Runtime.getRuntime().removeShutdownHook(atExit);
    }

    private void end() {
      List<AutoCloseable> all = new ArrayList<>(nodes);
      Node administering = admin;
      if (administering != null) {
        all.add(administering);
      }
      Backend shared = database;
      if (shared != null) {
        all.add(shared);
      }
      closeAll(all);
    }

    private static void closeAll(Collection<AutoCloseable> all) {
      for (AutoCloseable each : all) {
        try {
          each.close();
        } catch (Exception stillRunning) {
          System.err.println(each + " did not stop: " + stillRunning);
        }
      }
    }

    private static void clear(Path folder) throws IOException {
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
