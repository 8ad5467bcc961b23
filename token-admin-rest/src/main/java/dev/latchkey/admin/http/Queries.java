package dev.latchkey.admin.http;

import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.PageRequest;
import dev.latchkey.core.administer.Storable;
import dev.latchkey.core.config.Echo;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The query parameters of a list; what nobody has asked for is unknown. Not thread-safe. */
public final class Queries {

  private static final int DEFAULT_LIMIT = 50;

  private final MultivaluedMap<String, String> parameters;
  private final Set<String> known = new HashSet<>();

  /** The parameters of a request. */
  public Queries(UriInfo uri) {
    this.parameters = uri.getQueryParameters();
  }

  /** A text; null when it is not there. */
  public @Nullable String text(String name) {
    known.add(name);
    List<String> values = parameters.get(name);
    if (values == null || values.isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw invalid(name, "is there more than once");
    }
    String value = values.get(0);
    if (!Storable.text(value) || value.chars().anyMatch(Character::isISOControl)) {
      throw invalid(name, "takes no control characters");
    }
    return value;
  }

  /**
   * What a text stands for; null when it is not there.
   *
   * @param parser throws when the text stands for nothing
   * @param takes what it takes, for a person
   */
  public <T> @Nullable T parsed(String name, Function<String, T> parser, String takes) {
    String text = text(name);
    try {
      return text == null ? null : parser.apply(text);
    } catch (RuntimeException notParsable) {
      throw invalid(name, takes);
    }
  }

  /** A truth value; null when it is not there. */
  public @Nullable Boolean truth(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    if (!text.equals("true") && !text.equals("false")) {
      throw invalid(name, "takes true or false");
    }
    return text.equals("true");
  }

  /** The page that is asked for. */
  public PageRequest page() {
    Integer limit =
        parsed("limit", Queries::small, "takes a whole number from 1 to " + PageRequest.MOST);
    return new PageRequest(limit == null ? DEFAULT_LIMIT : limit, text("cursor"));
  }

  // Integer.valueOf takes a sign and digits of all scripts as well.
  private static Integer small(String text) {
    if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new NumberFormatException();
    }
    return Integer.valueOf(text);
  }

  /**
   * Ends the asking.
   *
   * @throws InvalidInputException when there is a parameter that was not asked for
   */
  public void done() {
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        throw invalid(Echo.name(name), "is not a parameter of this address");
      }
    }
  }

  private static InvalidInputException invalid(String name, String message) {
    return new InvalidInputException(List.of(new FieldError(name, message)));
  }
}
