package dev.latchkey.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Waits for both WARs and then tells a newcomer four lines, or why there is nothing to tell. */
final class Welcome implements Runnable {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(15);

  /** What the two WARs log when they refuse their configuration. */
  private static final Pattern REFUSAL =
      Pattern.compile("(?:InvalidConfigurationException|everything is answered 503): (.*)");

  private static final Pattern DOWN =
      Pattern.compile("\"status\":\"down\",\"detail\":\"((?:[^\"\\\\]|\\\\.)*)\"");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Console console;
  private final Path home;
  private final Path log;
  private final String server;

  Welcome(Console console, Path home, Path log, int port) {
    this.console = console;
    this.home = home;
    this.log = log;
    this.server = "http://" + Run.LOOPBACK + ":" + port;
  }

  @Override
  public void run() {
    try {
      awaitBoth();
      console.say(lines());
    } catch (CannotRunException cannot) {
      console.cannotRun(cannot.reason() + " (more in " + log + ")");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitBoth() throws CannotRunException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    String reason = "the server does not answer";
    while (System.nanoTime() < deadline) {
      Optional<HttpResponse<String>> ready = get("/latchkey/health/ready", "");
      // Whatever is configured to be protected, forward-auth wants a token.
      if (isStatus(ready, 200) && isStatus(get("/verify", ""), 401)) {
        return;
      }
      Optional<String> refusal = refusal();
      if (refusal.isPresent()) {
        throw new CannotRunException(refusal.get());
      }
      reason = ready.map(HttpResponse::body).flatMap(Welcome::detail).orElse(reason);
      Thread.sleep(BETWEEN_TRIES.toMillis());
    }
    throw new CannotRunException("not ready after " + PATIENCE.toMinutes() + " minutes: " + reason);
  }

  private List<String> lines() throws InterruptedException {
    String api = server + "/latchkey/api/v1";
    Path file = home.resolve("initial-admin-password");
    boolean works = isTheAdminPassword(file);
    String password = works ? "$(cat " + quoted(file) + ")" : "PASSWORD";
    return List.of(
        "Latchkey runs: the console is at " + server + "/latchkey/",
        works
            ? "The password of the user admin is in " + file
            : "The password of the user admin is the one that you have set",
        "Try:  curl -u \"admin:" + password + "\" " + api + "/third-parties",
        "Stop with Ctrl-C; the data stay in " + home);
  }

  // The file may be of another database, or the password changed since.
  private boolean isTheAdminPassword(Path file) throws InterruptedException {
    try {
      byte[] credentials =
          ("admin:" + Files.readString(file).strip()).getBytes(StandardCharsets.UTF_8);
      String basic = "Basic " + Base64.getEncoder().encodeToString(credentials);
      return isStatus(get("/latchkey/api/v1/third-parties?limit=1", basic), 200);
    } catch (IOException notThere) {
      return false;
    }
  }

  private static String quoted(Path file) {
    String text = file.toString();
    return text.matches("[A-Za-z0-9_./+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private static boolean isStatus(Optional<HttpResponse<String>> answer, int status) {
    return answer.filter(a -> a.statusCode() == status).isPresent();
  }

  private static Optional<String> detail(String health) {
    return Optional.of(DOWN.matcher(health)).filter(Matcher::find).map(found -> found.group(1));
  }

  // Payara Micro goes on without an application that it could not deploy.
  private Optional<String> refusal() {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
      return lines
          .map(REFUSAL::matcher)
          .filter(Matcher::find)
          .findFirst()
          .map(found -> found.group(1).strip());
    } catch (IOException | UncheckedIOException notYet) {
      return Optional.empty();
    }
  }

  private Optional<HttpResponse<String>> get(String path, String authorization)
      throws InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server + path)).timeout(LONGEST_ANSWER);
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try {
      return Optional.of(client.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException notYet) {
      return Optional.empty();
    }
  }
}
