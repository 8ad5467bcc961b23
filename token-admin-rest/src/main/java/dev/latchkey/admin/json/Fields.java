package dev.latchkey.admin.json;

import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.Storable;
import dev.latchkey.core.config.Echo;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object, asked for one by one; what nobody has asked for is unknown. Collects all
 * that is wrong. Not thread-safe.
 */
public final class Fields {

  private static final String UNSTORABLE = "takes no NUL and no half of a surrogate pair";

  private final JsonObject object;
  private final Set<String> known = new HashSet<>();
  private final List<FieldError> errors = new ArrayList<>();

  /** The fields of a body. */
  public Fields(@Nullable JsonBody body) {
    this.object = body == null ? JsonBody.NONE.object() : body.object();
  }

  /** Whether the field is there, be it null. */
  public boolean has(String field) {
    known.add(field);
    return object.containsKey(field);
  }

  /** Whether the field is there, and null. */
  public boolean isNull(String field) {
    known.add(field);
    JsonValue value = object.get(field);
    return value != null && value.getValueType() == JsonValue.ValueType.NULL;
  }

  /** A text; null when it is not there, or null. */
  public @Nullable String text(String field) {
    JsonValue value = value(field);
    if (value instanceof JsonString text) {
      if (Storable.text(text.getString())) {
        return text.getString();
      }
      wrong(field, UNSTORABLE);
    } else if (value != null) {
      wrong(field, "takes a text");
    }
    return null;
  }

  /**
   * A text that is only looked at and never stored or searched for, so that it may be anything;
   * null when it is not there, or null.
   */
  public @Nullable String anyText(String field) {
    return value(field) instanceof JsonString text ? text.getString() : text(field);
  }

  /** A text that must be there; empty when it is not. */
  public String requiredText(String field) {
    String text = text(field);
    if (value(field) == null) {
      wrong(field, "is needed");
    }
    return text == null ? "" : text;
  }

  /** A truth value; null when it is not there, or null. */
  public @Nullable Boolean truth(String field) {
    JsonValue value = value(field);
    if (JsonValue.TRUE.equals(value) || JsonValue.FALSE.equals(value)) {
      return JsonValue.TRUE.equals(value);
    }
    if (value != null) {
      wrong(field, "takes true or false");
    }
    return null;
  }

  /** A list of texts; null when it is not there, or null. */
  public @Nullable List<String> texts(String field) {
    JsonValue value = value(field);
    if (value == null) {
      return null;
    }
    if (value.getValueType() == JsonValue.ValueType.ARRAY
        && value.asJsonArray().stream().allMatch(JsonString.class::isInstance)) {
      List<String> texts = value.asJsonArray().getValuesAs(JsonString::getString);
      if (texts.stream().allMatch(Storable::text)) {
        return texts;
      }
      wrong(field, UNSTORABLE);
      return null;
    }
    wrong(field, "takes a list of texts");
    return null;
  }

  /**
   * What a text stands for; null when it is not there, or null.
   *
   * @param parser throws when the text stands for nothing
   * @param takes what it takes, for a person
   */
  public <T> @Nullable T parsed(String field, Function<String, T> parser, String takes) {
    String text = text(field);
    try {
      return text == null ? null : parser.apply(text);
    } catch (RuntimeException notParsable) {
      wrong(field, takes);
      return null;
    }
  }

  /** Complains of a field. */
  public void wrong(String field, String message) {
    errors.add(new FieldError(field, message));
  }

  /**
   * Ends the asking.
   *
   * @throws InvalidInputException when anything is wrong, or a field was not asked for
   */
  public void done() {
    for (String field : object.keySet()) {
      if (!known.contains(field)) {
        errors.add(new FieldError(Echo.name(field), "is not a field that can be set here"));
      }
    }
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
  }

  private @Nullable JsonValue value(String field) {
    known.add(field);
    JsonValue value = object.get(field);
    return value == null || value.getValueType() == JsonValue.ValueType.NULL ? null : value;
  }
}
