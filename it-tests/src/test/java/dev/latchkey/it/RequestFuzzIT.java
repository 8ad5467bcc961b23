package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random requests, byte by byte on a socket, for {@code -Dtested.fuzz.seconds} (30 for each of the
 * two applications) and at most {@code -Dtested.fuzz.requests}; {@code -Dtested.fuzz.seed} repeats
 * a run. No answer is a 5xx or HTML, and every error is a problem document. A request that is no
 * valid HTTP is the server's to refuse, in its own words or by closing the connection: of these it
 * is asked only that no answer is a 5xx.
 */
// issue 15.11, 15.15
@ExtendWith(TestedServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(90)
@DisplayName("Requests of any shape")
class RequestFuzzIT {

  private static final Duration TIME = Duration.ofSeconds(Long.getLong("tested.fuzz.seconds", 30));
  private static final int MOST = Integer.getInteger("tested.fuzz.requests", 20_000);
  private static final long SEED = Long.getLong("tested.fuzz.seed", System.nanoTime());
  // Another one than the other tests have: wrong passwords slow an address down.
  private static final String ADDRESS = "127.0.0.9";

  private static final List<String> METHODS =
      List.of("GET", "GET", "POST", "POST", "PATCH", "DELETE", "HEAD", "PUT", "OPTIONS", "FOO");
  private static final Set<String> WITH_BODY = Set.of("POST", "PATCH", "PUT");
  private static final List<String> TYPES =
      List.of(
          "application/json",
          "application/json",
          "application/merge-patch+json",
          "application/json; charset=utf-8",
          "application/json;charset=latin1",
          "application/json;charset=no-such",
          "application/json;charset=\"",
          "application/json;",
          "application/x-www-form-urlencoded",
          "multipart/form-data",
          "text/html",
          "json",
          "/",
          "*/*",
          "application/json;q",
          "a/b, c/d");
  private static final List<String> VALUES =
      List.of(
          "*",
          "0",
          "\"0\"",
          "\"0\",,\"x\"",
          "W/\"3\"",
          "\"3-x-gzip\"",
          "\"",
          "W/",
          ",",
          "Thu, 99 Foo 2026 99:99:99 GMT",
          "bytes=0-9999999999999999999",
          "text/html;q=9",
          "*/*;q=0.1.2",
          "application/json;q=x",
          "de;q=nonsense",
          "x".repeat(3000),
          "a=b; c=\"d; $Version=1; ;=",
          "for=\"_x\";by=\"[::1%eth0]\"",
          "::1%a, 999.1.1.1, unknown",
          "Basic !!!",
          "Basic ZnV6ejpmdXp6",
          "Bearer x",
          "Bearer",
          "null");
  private static final List<String> FIELDS =
      List.of(
          "Accept",
          "Accept-Charset",
          "Accept-Encoding",
          "Accept-Language",
          "Authorization",
          "Content-Encoding",
          "Content-Language",
          "Cookie",
          "Date",
          "Forwarded",
          "Idempotency-Key",
          "If-Match",
          "If-Modified-Since",
          "If-None-Match",
          "If-Range",
          "If-Unmodified-Since",
          "Origin",
          "Range",
          "Referer",
          "User-Agent",
          "X-Forwarded-For",
          "X-Forwarded-Method",
          "X-Forwarded-Proto",
          "X-Forwarded-Uri",
          "X-HTTP-Method-Override",
          "X-Original-URI");
  private static final List<String> TEXTS =
      List.of(
          "\"x\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"P99999999999Y\"",
          "\"PT-0.000000001S\"",
          "\"+294277-01-01T00:00:00Z\"",
          "\"-999999999-01-01T00:00:00Z\"",
          "\"::%a 0.0.0.0/0\"",
          "[\"::1%a b\"]",
          "[\"\\u0000\"]",
          "[[[]]]",
          "{}",
          "null",
          "true",
          "1e1000000000",
          "-0",
          "1".repeat(1101),
          "\"" + "y".repeat(5000) + "\"",
          "\"\u3164\"");
  private static final List<String> MEMBERS =
      List.of(
          "name",
          "authorization",
          "enabled",
          "scopes",
          "allowedNetworks",
          "callbackUrl",
          "contactName",
          "contactEmail",
          "label",
          "lifetime",
          "expiresAt",
          "overlap",
          "active",
          "tokenId",
          "clientSecret",
          "code",
          "token",
          "clientId",
          "role",
          "password",
          "currentPassword",
          "newPassword",
          "\\u0000");
  private static final List<String> QUERIES =
      List.of(
          "limit=99999999999",
          "limit=%EF%BC%95",
          "limit=",
          "cursor=%00",
          "cursor=YWZ0ZXI6",
          "cursor=YWZ0ZXI6OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
          "cursor=YWZ0ZXI6MTAwMDoA",
          "name=%00",
          "name=%ff",
          "name=%zz",
          "name=%e2%80%8d",
          "name={x}|\"<>",
          "expiring-within=P999999999Y",
          "expiring-within=PT999999999999999999H",
          "from=%2B294277-01-01T00:00:00Z",
          "from=%2B1000000000-12-31T23:59:59.999999999Z",
          "to=-1000000000-01-01T00:00:00Z",
          "actor=%ed%a0%80",
          "active=maybe",
          "a=b&a=c",
          "&&==&");

  private final Latchkey latchkey;
  private final Token admin;
  private final ThirdParty thirdParty;
  private final Token token;

  RequestFuzzIT(Latchkey latchkey) {
    this.latchkey = latchkey;
    this.admin = latchkey.firstUser().issuesTokenFor("latchkey:admin");
    this.thirdParty = latchkey.admin().registers("Fuzzed");
    this.token = thirdParty.addsToken();
  }

  @Test
  @Tag("once")
  void theAdminApiAnswersNoneWithA5xxOrHtml() {
    String party = "/latchkey/api/v1" + thirdParty.path();
    List<String> paths =
        List.of(
            "/latchkey/api/v1/third-parties",
            party,
            party + "/tokens",
            party + "/tokens/" + token.id(),
            party + "/tokens/" + token.id() + "/renew",
            party + "/client-secret",
            party + "/handover",
            "/latchkey/api/v1/audit-events",
            "/latchkey/api/v1/audit-events.csv",
            "/latchkey/api/v1/access-check",
            "/latchkey/api/v1/stats",
            "/latchkey/api/v1/users",
            "/latchkey/api/v1/users/nobody",
            "/latchkey/api/v1/session/ways",
            "/latchkey/api/v1/handovers/open",
            "/latchkey/api/v1/account/sessions",
            "/latchkey/api/v1/unknown",
            "/latchkey/health/nothing");
    askAtRandom(paths, "Bearer " + admin.text());
  }

  @Test
  @Tag("fuzz")
  void theFilterAnswersNoneWithA5xxOrHtml() {
    askAtRandom(List.of("/sample/whoami", "/sample/reports/1", "/verify", "/sample/"), null);
  }

  private void askAtRandom(List<String> paths, @Nullable String credentials) {
    Random random = new Random(SEED);
    long end = System.nanoTime() + TIME.toNanos();
    for (int i = 0; i < MOST && System.nanoTime() < end; i++) {
      Request request = Request.random(random, paths, credentials);
      Answer answer = request.sent(latchkey.installation());
      if (answer != null) {
        assertThat(request.complaint(answer))
            .as("seed %d, request %d: %s%nanswer: %s %s", SEED, i, request, answer, answer.body())
            .isNull();
      }
    }
  }

  /**
   * @param valid whether it is HTTP, with no character that a target must not have (RFC 3986), so
   *     that a server must pass it on to the application
   */
  private record Request(
      String method, String path, List<Call.Field> fields, String body, boolean valid) {

    static Request random(Random random, List<String> paths, @Nullable String credentials) {
      boolean valid = random.nextInt(4) > 0;
      String path = one(random, paths);
      if (random.nextInt(4) == 0) {
        path += valid ? "/" + escaped(random) : noise(random, 0, 255);
      }
      if (random.nextInt(3) == 0) {
        path += "?" + one(random, QUERIES);
      }
      List<Call.Field> fields = new ArrayList<>();
      if (credentials != null && random.nextInt(5) > 0) {
        fields.add(new Call.Field("Authorization", credentials));
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        String value = random.nextInt(3) > 0 ? one(random, VALUES) : noise(random, 0x21, 0x7e);
        fields.add(
            new Call.Field(one(random, FIELDS), valid ? value : value + noise(random, 1, 255)));
      }
      String method = one(random, METHODS);
      String body = "";
      // A body of another method is refused by Grizzly, before there is an application.
      if (WITH_BODY.contains(method)) {
        fields.add(new Call.Field("Content-Type", one(random, TYPES)));
        body = body(random);
      }
      return new Request(method, path, fields, body, valid && !path.matches(".*[{}|\"<>].*"));
    }

    private static String body(Random random) {
      return switch (random.nextInt(6)) {
        case 0 -> "";
        case 1 -> noise(random, 1, 255);
        case 2 -> one(random, TEXTS);
        default ->
            IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> '"' + one(random, MEMBERS) + "\":" + one(random, TEXTS))
                .collect(Collectors.joining(",", "{", "}"));
      };
    }

    private static String escaped(Random random) {
      return noise(random, 1, 255)
          .chars()
          .mapToObj(c -> c > 0x2f && c < 0x3a || c > 0x40 && c < 0x5b ? "" + (char) c : "%C3%A4%20")
          .collect(Collectors.joining());
    }

    // No line ends: the rest would be another request.
    private static String noise(Random random, int from, int to) {
      return random
          .ints(random.nextInt(12), from, to + 1)
          .filter(c -> c != '\r' && c != '\n')
          .mapToObj(c -> "" + (char) c)
          .collect(Collectors.joining());
    }

    private static String one(Random random, List<String> of) {
      return of.get(random.nextInt(of.size()));
    }

    /** The answer; null when the server closed the connection on what is no HTTP. */
    @Nullable Answer sent(Installation installation) {
      try {
        return new BareSocket(installation.portOf(path), ADDRESS).ask(method, path, fields, body);
      } catch (AssertionError | RuntimeException closed) {
        if (valid) {
          throw new AssertionError("seed " + SEED + ": " + this, closed);
        }
        return null;
      }
    }

    /** What is wrong with an answer; null for nothing. */
    @Nullable String complaint(Answer answer) {
      // A request line with too many parts names a version that no server knows.
      boolean noVersion = !valid && answer.status() == 505;
      if (answer.status() >= 500 && !noVersion) {
        return "it is a " + answer.status();
      }
      String type = answer.optionalField("Content-Type").orElse("");
      if (!valid || answer.status() < 400) {
        return null;
      }
      if (type.contains("html") || answer.body().contains("<html")) {
        return "it is HTML";
      }
      boolean problem = type.startsWith("application/problem+json");
      return problem || method.equals("HEAD") ? null : "it is no problem document: " + type;
    }
  }
}
