package dev.latchkey.core.administer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
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

  /** Tells our cursors from made-up ones. */
  private static final String MARK = "after:";

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
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      // A decoder takes other spellings of the same bytes as well.
      if (text.startsWith(MARK) && cursor(text.substring(MARK.length())).equals(cursor)) {
        return text.substring(MARK.length());
      }
    } catch (IllegalArgumentException | CharacterCodingException notOurs) {
      // told below
    }
    throw invalidCursor();
  }

  /**
   * A number as a position has it: no sign, no leading zero, at most 18 digits.
   *
   * @throws InvalidInputException when it is none
   */
  static long number(String text) {
    boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (text.isEmpty() || text.length() > 18 || !digits || text.startsWith("0")) {
      throw invalidCursor();
    }
    return Long.parseLong(text);
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
    String next = more ? cursor(position.apply(shown.get(limit - 1))) : null;
    return new Page<>(shown.stream().map(view).toList(), next);
  }

  private static String cursor(String position) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((MARK + position).getBytes(StandardCharsets.UTF_8));
  }
}
