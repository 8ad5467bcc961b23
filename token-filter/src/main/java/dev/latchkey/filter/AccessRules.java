package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.UrlPattern;
import dev.latchkey.core.token.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which scopes a request needs: {@code METHOD[,METHOD…] PATTERN SCOPE[ SCOPE…]}, one rule a line or
 * separated by semicolons, {@code *} for any method. The first rule that matches decides, and all
 * of its scopes are needed. {@code GET} stands for {@code HEAD} as well. What no rule matches needs
 * an active token and no scope. Immutable.
 */
final class AccessRules {

  private static final String ANY = "*";

  private final List<Rule> rules;

  private AccessRules(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * A rule.
   *
   * @param methods none for any
   * @param pattern for canonical paths
   * @param written the pattern as it stands in the configuration
   */
  record Rule(
      Set<String> methods,
      PathPattern pattern,
      PathPattern written,
      Set<String> scopes,
      String scopeText) {

    boolean matches(String method, String canonicalPath) {
      return isFor(method) && pattern.matches(canonicalPath);
    }

    boolean isFor(String method) {
      return methods.isEmpty() || methods.contains(method);
    }
  }

  /**
   * The rules of a configuration.
   *
   * @throws dev.latchkey.core.config.InvalidConfigurationException when one does not parse
   */
  static AccessRules parse(String text) {
    List<Rule> rules = new ArrayList<>();
    for (String line : text.split("[;\\r\\n]", -1)) {
      if (!line.isBlank()) {
        rules.add(rule(line.strip()));
      }
    }
    return new AccessRules(List.copyOf(rules));
  }

  private static Rule rule(String line) {
    String[] words = line.split("\\s+", -1);
    if (words.length < 3 || !UrlPattern.allowed(words[1])) {
      throw Key.FILTER_RULES.invalid(line, "the configuration");
    }
    SortedSet<String> scopes = new TreeSet<>(List.of(words).subList(2, words.length));
    if (!scopes.stream().allMatch(Scopes::valid)) {
      throw Key.FILTER_RULES.invalid(line, "the configuration");
    }
    return new Rule(
        methods(words[0], line),
        PathPattern.canonical(words[1]),
        PathPattern.of(words[1]),
        Set.copyOf(scopes),
        Scopes.text(scopes));
  }

  private static Set<String> methods(String text, String line) {
    if (text.equals(ANY)) {
      return Set.of();
    }
    Set<String> methods = new TreeSet<>();
    for (String method : text.split(",", -1)) {
      // Methods are case-sensitive (RFC 9110 §9.1); ours are written in capitals.
      if (method.isEmpty() || !method.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c == '-')) {
        throw Key.FILTER_RULES.invalid(line, "the configuration");
      }
      methods.add(method);
    }
    if (methods.contains("GET")) {
      methods.add("HEAD");
    }
    return Set.copyOf(methods);
  }

  boolean none() {
    return rules.isEmpty();
  }

  List<Rule> all() {
    return rules;
  }

  /** The rule for a request; null when none matches. */
  @Nullable Rule first(String method, String canonicalPath) {
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (rule.matches(method, canonicalPath)) {
        return rule;
      }
    }
    return null;
  }

  /** The rule for a request whose path is compared as it is spelt; null when none matches. */
  @Nullable Rule firstAsSpelt(String method, String path) {
    for (int i = 0; i < rules.size(); i++) {
      Rule rule = rules.get(i);
      if (rule.isFor(method) && rule.written().matches(path)) {
        return rule;
      }
    }
    return null;
  }

  /** All scopes that are named, sorted. */
  SortedSet<String> scopes() {
    SortedSet<String> scopes = new TreeSet<>();
    rules.forEach(rule -> scopes.addAll(rule.scopes));
    return scopes;
  }
}
