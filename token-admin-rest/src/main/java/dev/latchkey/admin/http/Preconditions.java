package dev.latchkey.admin.http;

import dev.latchkey.core.administer.FieldError;
import dev.latchkey.core.administer.InvalidInputException;
import dev.latchkey.core.administer.StaleVersionException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code If-Match} asks for (RFC 9110 §13.1.1). */
public final class Preconditions {

  private static final Pattern TAGS = Pattern.compile("(W/)?\"([!#-~]*)\"(?:\\s*,\\s*|\\s*$)");

  private Preconditions() {}

  /**
   * The version that a command must find; null for any.
   *
   * @param header the field's value; null for none
   * @param present the version that is there now
   * @throws InvalidInputException when the field is malformed
   * @throws StaleVersionException when none of several tags is the present one
   */
  public static @Nullable Long expectedVersion(@Nullable String header, LongSupplier present) {
    if (header == null || header.strip().equals("*")) {
      return null;
    }
    List<Long> versions = strong(header.strip());
    if (versions.size() == 1) {
      return versions.get(0);
    }
    long now = present.getAsLong();
    if (!versions.contains(now)) {
      throw new StaleVersionException(
          "it has been changed since you read it: read it again and repeat your change on that");
    }
    return now;
  }

  // A weak tag never matches (RFC 9110 §13.1.1), and neither does one that is not of ours.
  private static List<Long> strong(String header) {
    List<Long> versions = new ArrayList<>();
    Matcher tags = TAGS.matcher(header);
    int end = 0;
    while (tags.find() && tags.start() == end) {
      end = tags.end();
      boolean ours = tags.group(1) == null && tags.group(2).matches("[0-9]{1,18}");
      versions.add(ours ? Long.parseLong(tags.group(2)) : -1);
    }
    if (end != header.length() || versions.isEmpty()) {
      throw new InvalidInputException(
          List.of(new FieldError("If-Match", "takes entity tags in quotes, or *")));
    }
    return versions;
  }
}
