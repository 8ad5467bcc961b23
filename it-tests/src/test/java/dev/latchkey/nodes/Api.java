package dev.latchkey.nodes;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The admin REST API of one node, with somebody's credentials. Immutable. */
final class Api {

  private static final Duration TIMEOUT = Duration.ofSeconds(40);

  private final HttpClient client;
  private final int port;
  private final String credentials;

  private Api(HttpClient client, int port, String credentials) {
    this.client = client;
    this.port = port;
    this.credentials = credentials;
  }

  /** What was answered. */
  record Answer(int status, String body) {

    JsonObject json() {
      try (JsonReader reader = Json.createReader(new StringReader(body))) {
        return reader.readObject();
      }
    }

    Answer is(int expected) {
      if (status != expected) {
        throw new AssertionError("expected " + expected + ", got " + status + " " + body);
      }
      return this;
    }
  }

  static Api as(int port, String user, String password) {
    String both = user + ':' + password;
    return new Api(
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .build(),
        port,
        "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
  }

  /** The same, with a token. */
  Api bearing(String token) {
    return new Api(client, port, "Bearer " + token);
  }

  Answer get(String path) throws IOException {
    return call("GET", "/latchkey/api/v1" + path, null, null);
  }

  /** Of a path outside of the API. */
  Answer outside(String path) throws IOException {
    return call("GET", path, null, null);
  }

  /** A probe: {@code live} or {@code ready}. */
  Answer health(String probe) throws IOException {
    return call("GET", "/latchkey/health/" + probe, null, null);
  }

  Answer post(String path, Map<String, ?> members) throws IOException {
    return post(path, members, null);
  }

  Answer post(String path, Map<String, ?> members, @Nullable String idempotencyKey)
      throws IOException {
    return call("POST", "/latchkey/api/v1" + path, members, idempotencyKey);
  }

  Answer patch(String path, Map<String, ?> members) throws IOException {
    return call("PATCH", "/latchkey/api/v1" + path, members, null);
  }

  private Answer call(
      String method, String path, @Nullable Map<String, ?> members, @Nullable String key)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(TIMEOUT)
            .header("Authorization", credentials);
    if (members == null) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request.header(
          "Content-Type",
          method.equals("PATCH") ? "application/merge-patch+json" : "application/json");
      request.method(
          method, BodyPublishers.ofString(Json.createObjectBuilder(members).build().toString()));
    }
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    try {
      HttpResponse<String> response =
          client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(response.statusCode(), response.body());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stop);
    }
  }
}
