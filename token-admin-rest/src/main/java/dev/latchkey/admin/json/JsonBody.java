package dev.latchkey.admin.json;

import jakarta.json.Json;
import jakarta.json.JsonConfig;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object of a request, read strictly (RFC 8259): well-formed UTF-8, an object, no name
 * twice, bounded in size and depth.
 *
 * @param object what was sent; an empty object when nothing was
 * @param text what was sent, to the letter
 */
public record JsonBody(JsonObject object, String text) {

  private static final int MOST_BYTES = 64 * 1024;
  private static final int MOST_DEPTH = 20;
  private static final int MOST_NUMBER = 50;
  private static final int MOST_EXPONENT = 5; // e, a sign and three digits
  private static final String NOT_ONE_OBJECT =
      "the body is not one well-formed JSON object with each name once";

  /** A request without a body. */
  public static final JsonBody NONE = new JsonBody(JsonValue.EMPTY_JSON_OBJECT, "");

  /**
   * A body that must be there.
   *
   * @throws MalformedBodyException when nothing was sent
   */
  public static JsonBody required(@Nullable JsonBody body) {
    if (body == null || body.text.isBlank()) {
      throw new MalformedBodyException(400, "the body is missing: send a JSON object");
    }
    return body;
  }

  /**
   * Reads a body.
   *
   * @throws MalformedBodyException when it is not such an object
   * @throws IOException when it can't be read
   */
  static JsonBody read(InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new MalformedBodyException(413, "the body has more than 64 KB");
    }
    String text = decoded(bytes);
    if (text.isBlank()) {
      return NONE;
    }
    if (hasHugeNumber(text)) {
      throw new MalformedBodyException(400, "the body has a number that is too large");
    }
    int end = end(text);
    if (end < 0) {
      throw new MalformedBodyException(400, "the body is nested more than 20 levels deep");
    }
    // A reader would not look at what comes behind the object.
    if (!text.substring(end).isBlank()) {
      throw new MalformedBodyException(400, NOT_ONE_OBJECT);
    }
    JsonReaderFactory readers =
        Json.createReaderFactory(Map.of(JsonConfig.KEY_STRATEGY, JsonConfig.KeyStrategy.NONE));
    try (JsonReader reader = readers.createReader(new StringReader(text))) {
      return new JsonBody(reader.readObject(), text);
    } catch (RuntimeException notAnObject) {
      // JSON libraries throw other kinds than JsonException, too. Its message may repeat what was
      // sent, and a token may be part of that.
      throw new MalformedBodyException(400, NOT_ONE_OBJECT);
    }
  }

  private static String decoded(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      throw new MalformedBodyException(400, "the body is not UTF-8");
    }
  }

  /** Where the first object or array ends; -1 when it is nested too deep. */
  private static int end(String json) {
    int depth = 0;
    boolean inString = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (inString) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          inString = false;
        }
      } else if (c == '"') {
        inString = true;
      } else if (c == '{' || c == '[') {
        depth++;
        if (depth > MOST_DEPTH) {
          return -1;
        }
      } else if (c == '}' || c == ']') {
        depth--;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    return json.length();
  }

  // Outside strings only numbers have digits. A few characters of an exponent can make a number of
  // a thousand million digits.
  private static boolean hasHugeNumber(String json) {
    boolean inString = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (inString && c == '\\') {
        i++;
      } else if (c == '"') {
        inString = !inString;
      } else if (!inString && c >= '0' && c <= '9') {
        int end = i;
        int exponent = -1;
        while (end < json.length() && "0123456789+-.eE".indexOf(json.charAt(end)) >= 0) {
          exponent = json.charAt(end) == 'e' || json.charAt(end) == 'E' ? end : exponent;
          end++;
        }
        if (end - i > MOST_NUMBER || exponent >= 0 && end - exponent > MOST_EXPONENT) {
          return true;
        }
        i = end - 1;
      }
    }
    return false;
  }

  /** Does not tell what was sent. */
  @Override
  public String toString() {
    return "JsonBody[…]";
  }
}
