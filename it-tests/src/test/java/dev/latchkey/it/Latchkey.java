package dev.latchkey.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The running system, as everyone outside sees it. */
final class Latchkey {

  /** What the first start may take until both WARs answer. */
  private static final Duration START = Duration.ofSeconds(60);

  /** One poll interval, and what a busy machine may need for the calls around it. */
  static final Duration REVOCATION_BOUND = Installation.POLL_INTERVAL.plusMillis(500);

  private final Installation installation;
  private final HttpClient client;
  private final Secrets secrets;
  private volatile String password;
  private final Admin admin;

  private Latchkey(Installation installation, HttpClient client) {
    this.installation = installation;
    this.client = client;
    this.secrets = new Secrets();
    this.password = secrets.seen(read(passwordFile(installation)));
    this.admin = inRole("admin");
  }

  static Latchkey ready(Installation installation) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Call.TIMEOUT)
            .build();
    Call health = Call.to(client, installation, "/latchkey/health/ready");
    Eventually.within(START, "the admin WAR is ready", () -> health.gets(200));
    Call sample = Call.to(client, installation, "/sample/whoami");
    Eventually.within(START, "the filter WAR asks for a token", () -> sample.gets(401));
    return new Latchkey(installation, client);
  }

  /** A call without credentials. */
  Call calls(String path) {
    return Call.to(client, installation, path);
  }

  /** An admin by bearer token: quick, since no password is hashed. */
  Admin admin() {
    return admin;
  }

  /** The first admin user by Basic. */
  Admin firstUser() {
    return new Admin(this, call -> call.signedInAs("admin", password));
  }

  /** Somebody with an active token for {@code latchkey:<role>}. */
  Admin inRole(String role) {
    return withToken(firstUser().issuesTokenFor("latchkey:" + role));
  }

  Admin withToken(Token token) {
    return new Admin(this, call -> call.with(token));
  }

  Admin nobody() {
    return new Admin(this, call -> call);
  }

  /** Somebody new in a role, at a browser, who has changed the first password. */
  Seat takesASeat(String name, String role) {
    String first =
        firstUser()
            .posts("/users", Map.of("name", name, "role", role))
            .hasStatus(201)
            .json()
            .getString("password");
    Seat seat = Seat.signedIn(this, name, first);
    seat.changesPassword(first, secrets.seen("plum-tractor-violin-" + name)).hasStatus(204);
    return seat;
  }

  /** The first user's password from now on. */
  void passwordIs(String changed) {
    password = secrets.seen(changed);
  }

  Secrets secrets() {
    return secrets;
  }

  Installation installation() {
    return installation;
  }

  String password() {
    return password;
  }

  static Path passwordFile(Installation installation) {
    return installation.home().resolve("initial-admin-password");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException missing) {
      throw new UncheckedIOException("the first admin password is to be in " + file, missing);
    }
  }
}
