package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request, put together by verbs, sent when its answer is asked for. Immutable. */
final class Call {

  static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** A header field. */
  record Field(String name, String value) {}

  private final HttpClient client;
  private final Installation installation;
  private final String method;
  private final String path;
  private final List<Field> fields;
  private final @Nullable String body;

  private Call(
      HttpClient client,
      Installation installation,
      String method,
      String path,
      List<Field> fields,
      @Nullable String body) {
    this.client = client;
    this.installation = installation;
    this.method = method;
    this.path = path;
    this.fields = fields;
    this.body = body;
  }

  static Call to(HttpClient client, Installation installation, String path) {
    return new Call(client, installation, "GET", path, List.of(), null);
  }

  Call by(String anotherMethod) {
    return new Call(client, installation, anotherMethod, path, fields, body);
  }

  Call with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new Call(client, installation, method, path, List.copyOf(more), body);
  }

  Call with(Token token) {
    return bearing(token.text());
  }

  Call bearing(String token) {
    return with("Authorization", "Bearer " + token);
  }

  Call signedInAs(String user, String password) {
    String both = user + ':' + password;
    byte[] bytes = both.getBytes(StandardCharsets.UTF_8);
    return with("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
  }

  Call sending(String type, String text) {
    return new Call(client, installation, method, path, fields, text).with("Content-Type", type);
  }

  /** The answer, asked for by {@code java.net.http}. */
  Answer answer() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(installation.uri(path))
            .timeout(TIMEOUT)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    fields.forEach(field -> request.header(field.name(), field.value()));
    try {
      HttpResponse<String> response =
          client.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(
          question(),
          response.statusCode(),
          new TreeMap<>(response.headers().map()),
          response.body());
    } catch (IOException broken) {
      throw new AssertionError("no answer to " + question(), broken);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", stop);
    }
  }

  /** The answer, asked for on a bare socket: path and fields go out byte by byte as they are. */
  Answer rawAnswer() {
    return rawAnswerFrom("127.0.0.1");
  }

  /** As {@link #rawAnswer}, from another address of this machine. */
  Answer rawAnswerFrom(String address) {
    return new BareSocket(installation.portOf(path), address)
        .ask(method, path, fields, body == null ? "" : body);
  }

  /** The application was reached. */
  Answer isAdmitted() {
    return answer().hasStatus(200, 204);
  }

  /** 401, and not more is told than that the token is no good. */
  Answer isRefused() {
    Answer answer = answer().isProblem(401);
    assertThat(answer.challenge().error()).as("error of %s", answer).contains("invalid_token");
    return answer;
  }

  /** For polling: whether the application is reached now. */
  boolean gets(int status) {
    return answer().status() == status;
  }

  private String question() {
    return method + ' ' + path;
  }
}
