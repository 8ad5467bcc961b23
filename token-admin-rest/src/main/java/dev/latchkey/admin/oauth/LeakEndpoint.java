package dev.latchkey.admin.oauth;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** {@code POST /oauth/leaked}: reports of tokens that somebody has found. */
final class LeakEndpoint {

  private static final int MOST_TOKENS = 1000;

  // A thousand of the longest tokens, and what JSON puts around them.
  private static final int MOST_BYTES = 256 * 1024;
  private static final int MOST_DEPTH = 3;

  private LeakEndpoint() {}

  /** The texts in a report; empty when it is not {@code {"tokens": ["…", …]}}. */
  static Optional<List<String>> texts(InputStream in) throws IOException {
    byte[] body = in.readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      throw new Parameters.TooLargeException();
    }
    if (nestedTooDeep(body)) {
      return Optional.empty();
    }
    try (JsonReader reader = Json.createReader(new ByteArrayInputStream(body))) {
      JsonObject object = reader.readObject();
      return object.get("tokens") instanceof JsonArray tokens
              && tokens.size() <= MOST_TOKENS
              && tokens.stream().allMatch(JsonString.class::isInstance)
          ? Optional.of(tokens.getValuesAs((JsonValue text) -> ((JsonString) text).getString()))
          : Optional.empty();
    } catch (JsonException | IllegalStateException notAnObject) {
      return Optional.empty();
    }
  }

  // Brackets within texts count as well: no token has any.
  private static boolean nestedTooDeep(byte[] body) {
    int depth = 0;
    for (byte each : body) {
      if (each == '{' || each == '[') {
        depth++;
      } else if (each == '}' || each == ']') {
        depth--;
      }
      if (depth > MOST_DEPTH) {
        return true;
      }
    }
    return false;
  }
}
