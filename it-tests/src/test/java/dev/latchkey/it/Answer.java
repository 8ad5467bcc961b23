package dev.latchkey.it;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the server answered. Immutable.
 *
 * @param question method and path, for messages
 * @param fields by name in lower case
 * @param body as UTF-8
 */
record Answer(String question, int status, Map<String, List<String>> fields, String body) {

  List<String> fields(String name) {
    return fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** The only field of this name. */
  String field(String name) {
    assertThat(fields(name)).as("%s of %s", name, this).hasSize(1);
    return fields(name).get(0);
  }

  Optional<String> optionalField(String name) {
    return fields(name).stream().findFirst();
  }

  JsonObject json() {
    try (JsonReader reader = Json.createReader(new StringReader(body))) {
      return reader.readObject();
    } catch (JsonException notJson) {
      throw new AssertionError("not a JSON object: " + this, notJson);
    }
  }

  Answer hasStatus(int... anyOf) {
    assertThat(anyOf).as("status of %s", this).contains(status);
    return this;
  }

  /** RFC 9457, not to be stored, and nothing of the inside. */
  Answer isProblem(int... anyOf) {
    hasStatus(anyOf);
    assertThat(field("Content-Type")).as("type of %s", this).startsWith("application/problem+json");
    JsonObject problem = json();
    assertThat(problem.keySet())
        .as("members of %s", this)
        .contains("type", "title", "status", "detail");
    assertThat(problem.getInt("status")).as("status member of %s", this).isEqualTo(status);
    assertThat(body)
        .as("nothing of the inside in %s", this)
        .doesNotContain(
            "Exception", "\\tat ", "dev.latchkey", "org.hibernate", "java.lang", "SELECT ");
    return this;
  }

  /** A validation problem that names this member. */
  Answer complainsOf(String member) {
    isProblem(400);
    assertThat(json().getJsonArray("errors"))
        .as("errors of %s", this)
        .isNotNull()
        .anySatisfy(
            error -> {
              assertThat(error.asJsonObject().getString("field")).startsWith(member);
              assertThat(error.asJsonObject().getString("message")).isNotBlank();
            });
    return this;
  }

  /** The challenge, by the strict grammar of RFC 6750 and RFC 9110. */
  Challenge challenge() {
    return Challenge.parse(field("WWW-Authenticate"));
  }

  /** All that tells one refusal from another: everything but the time and the connection's end. */
  String withoutTime() {
    Map<String, List<String>> timeless = new TreeMap<>(fields);
    timeless.remove("date");
    timeless.remove("connection");
    timeless.remove(":status");
    return status + "\n" + timeless + "\n" + body;
  }

  @Override
  public String toString() {
    String beginning = body.length() > 600 ? body.substring(0, 600) + "…" : body;
    return question + " -> " + status + " " + fields("www-authenticate") + " " + beginning;
  }
}
