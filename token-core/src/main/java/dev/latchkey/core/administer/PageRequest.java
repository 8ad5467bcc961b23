package dev.latchkey.core.administer;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is wanted.
 *
 * @param limit 1 to 200
 * @param cursor as a {@link Page} told it; null for the beginning
 */
public record PageRequest(int limit, @Nullable String cursor) {

  /** The most items of a page. */
  public static final int MOST = 200;

  public PageRequest {
    if (limit < 1 || limit > MOST) {
      throw new InvalidInputException(
          List.of(new FieldError("limit", "takes a whole number from 1 to " + MOST)));
    }
  }

  /** Where the page begins, as {@link #page} wrote it; null for the beginning. */
  @Nullable String position() {
    if (cursor == null) {
      return null;
    }
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notOurs) {
      throw invalidCursor();
    }
  }

  static InvalidInputException invalidCursor() {
    return new InvalidInputException(
        List.of(new FieldError("cursor", "takes what the page before said in \"next\"")));
  }

  /**
   * The page of these rows, of which one more than the limit was asked for.
   *
   * @param position where the page behind an item begins
   */
  <R, T> Page<T> page(List<R> rows, Function<R, String> position, Function<R, T> view) {
    boolean more = rows.size() > limit;
    List<R> shown = more ? rows.subList(0, limit) : rows;
    String next =
        more
            ? Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                    position.apply(shown.get(limit - 1)).getBytes(StandardCharsets.UTF_8))
            : null;
    return new Page<>(shown.stream().map(view).toList(), next);
  }
}
