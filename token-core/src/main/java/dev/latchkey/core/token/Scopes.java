package dev.latchkey.core.token;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Sets of scopes (RFC 6749 §3.3), as text separated by single spaces. */
public final class Scopes {

  private Scopes() {}

  /** Whether a text is one {@code scope-token} of RFC 6749 §3.3. */
  public static boolean valid(String scope) {
    return !scope.isEmpty()
        && scope.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\\');
  }

  /** The scopes in a text separated by spaces; unmodifiable. */
  public static SortedSet<String> parse(String text) {
    SortedSet<String> scopes = new TreeSet<>();
    for (String scope : text.split(" ", -1)) {
      if (!scope.isEmpty()) {
        scopes.add(scope);
      }
    }
    return Collections.unmodifiableSortedSet(scopes);
  }

  /** The text of scopes, sorted. */
  public static String text(Collection<String> scopes) {
    return String.join(" ", new TreeSet<>(scopes));
  }

  /** The scopes that are in both; unmodifiable. */
  public static SortedSet<String> both(Collection<String> some, Collection<String> others) {
    SortedSet<String> both = new TreeSet<>(some);
    both.retainAll(others);
    return Collections.unmodifiableSortedSet(both);
  }
}
