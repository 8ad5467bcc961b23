package dev.latchkey.admin.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code If-Match} or {@code If-None-Match} (RFC 9110 §13.1.1, §13.1.2). Immutable.
 *
 * @param any whether it is {@code *}
 * @param opaque what stands between the quotes of its tags; whether they are weak is left out
 */
record EntityTags(boolean any, List<String> opaque) {

  /** The tags in a field's value, its lines joined by commas; null when it is malformed. */
  static @Nullable EntityTags parse(String value) {
    if (value.strip().equals("*")) {
      return new EntityTags(true, List.of());
    }
    List<String> tags = new ArrayList<>();
    boolean separated = true;
    for (int i = 0; i < value.length(); ) {
      char c = value.charAt(i);
      if (c == ',' || c == ' ' || c == '\t') {
        // A list may have empty elements (RFC 9110 §5.6.1).
        separated |= c == ',';
        i++;
        continue;
      }
      int start = value.startsWith("W/\"", i) ? i + 3 : c == '"' ? i + 1 : -1;
      int end = start < 0 ? -1 : value.indexOf('"', start);
      if (!separated || end < 0 || !isOpaque(value, start, end)) {
        return null;
      }
      tags.add(value.substring(start, end));
      separated = false;
      i = end + 1;
    }
    return tags.isEmpty() ? null : new EntityTags(false, List.copyOf(tags));
  }

  private static boolean isOpaque(String value, int start, int end) {
    return value.chars().skip(start).limit(end - start).allMatch(c -> c > ' ' && c != 0x7f);
  }

  /**
   * Whether one of them is a tag. Compared weakly, and without the suffix that Apache ({@code
   * -gzip}) and Jetty ({@code --gzip}) put into the quotes when they compress.
   *
   * @param tag with its quotes
   */
  boolean name(String tag) {
    String wanted = tag.substring(1, tag.length() - 1);
    return any
        || opaque.stream()
            .anyMatch(each -> wanted.equals(each) || wanted.equals(uncompressed(each)));
  }

  private static String uncompressed(String opaque) {
    for (String suffix : List.of("--gzip", "-gzip", "--br", "-br", "--zstd", "-zstd")) {
      if (opaque.endsWith(suffix)) {
        return opaque.substring(0, opaque.length() - suffix.length());
      }
    }
    return opaque;
  }
}
