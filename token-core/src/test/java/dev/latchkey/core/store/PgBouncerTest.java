package dev.latchkey.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.ThirdPartyDraft;
import dev.latchkey.core.administer.TokenDraft;
import dev.latchkey.core.administer.TokenPatch;
import dev.latchkey.core.administer.TokenView;
import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.testing.Waiting;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Behind pgbouncer in transaction mode, as docs/reliability.md says (issue 15.16). */
@SuppressWarnings("NullAway.Init") // filled in before each test
class PgBouncerTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Actor ADMIN = new Actor("ada", "127.0.0.1", true);

  @TempDir private Path folder;
  private @Nullable Process pooler;
  private int port;

  @BeforeEach
  void startsThePooler() throws IOException {
    Path program = Path.of("/usr/sbin/pgbouncer");
    assumeTrue(Files.isExecutable(program), "Debian's pgbouncer is not installed");
    String url = Server.POSTGRESQL.settings().get(Key.JDBC_URL).orElseThrow();
    URI postgres = URI.create(url.substring("jdbc:".length()));
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path configuration = folder.resolve("pgbouncer.ini");
    Files.writeString(folder.resolve("users.txt"), "\"postgres\" \"\"\n");
    Files.writeString(
        configuration,
        """
        [databases]
        latchkey = host=127.0.0.1 port=%d dbname=%s user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = any
        auth_file = %s
        pool_mode = transaction
        default_pool_size = 3
        """
            .formatted(
                postgres.getPort(),
                postgres.getPath().substring(1),
                port,
                folder.resolve("users.txt")));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    boolean root = System.getProperty("user.name").equals("root");
    List<String> command =
        root
            ? List.of(
                "/usr/sbin/runuser",
                "-u",
                "nobody",
                "--",
                program.toString(),
                configuration.toString())
            : List.of(program.toString(), configuration.toString());
    pooler =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
  }

  @AfterEach
  void stopsThePooler() throws InterruptedException {
    if (pooler != null) {
      pooler.destroy();
      pooler.waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void doesTheMainJobAndSaysThatNotificationsDoNotArrive() {
    Map<String, String> texts = new HashMap<>();
    texts.put(
        "latchkey.jdbc.url",
        "jdbc:postgresql://127.0.0.1:" + port + "/latchkey?prepareThreshold=0");
    texts.put("latchkey.jdbc.user", "postgres");
    texts.put("latchkey.home", folder.resolve("home").toString());
    Settings settings = Settings.read(Map.of(), texts, Map.of(), Map.of());
    ServerDataSource none = ServerDataSource.lookedUp(settings);
    Waiting.until(PATIENCE, this::poolerAnswers);
    Administration administration =
        Administration.open(settings, none, Clock.systemUTC(), new SecureRandom(), List.of());
    try (administration;
        LatchkeyNode node =
            LatchkeyNode.start(
                Connections.open(settings, none),
                settings,
                Clock.systemUTC(),
                Ticker.systemTicker())) {
      String id =
          administration
              .thirdParties()
              .create(
                  ADMIN,
                  new ThirdPartyDraft(
                      "Pooled", Authorization.MANUAL, null, null, null, List.of(), List.of(), true),
                  null)
              .resource()
              .id();
      Created<TokenView> issued =
          administration.tokens().create(ADMIN, id, new TokenDraft(null, null, null, null), null);
      BearerToken token = BearerToken.parse(Objects.requireNonNull(issued.secret())).orElseThrow();

      assertThat(node.verifier().verify(token)).isInstanceOf(Grant.class);
      administration
          .tokens()
          .change(ADMIN, id, issued.resource().id(), null, new TokenPatch(false, null));

      Waiting.until(PATIENCE, () -> !(node.verifier().verify(token) instanceof Grant));
      assertThat(node.verifier().verify(token)).isEqualTo(Verdict.Refused.DEACTIVATED);
      Waiting.until(PATIENCE, () -> deaf(node));
      assertThat(deaf(node)).isTrue();
    }
  }

  private static boolean deaf(LatchkeyNode node) {
    return node.checks().stream()
        .anyMatch(check -> check.name().equals("notify") && check.detail().contains("pgbouncer"));
  }

  private boolean poolerAnswers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }
}
