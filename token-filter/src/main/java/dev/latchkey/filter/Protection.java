package dev.latchkey.filter;

import dev.latchkey.core.config.Key;
import dev.latchkey.core.config.Printable;
import dev.latchkey.core.config.Settings;
import dev.latchkey.filter.AccessRules.Rule;
import jakarta.servlet.ServletContext;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is protected in an application, as the settings were understood, for the log of the start:
 * one line that says so, and a warning for each setting that has probably another effect than its
 * author expects. Contains no secret. Immutable.
 */
final class Protection {

  private static final Logger LOG = System.getLogger(Protection.class.getName());

  private final Settings settings;
  private final AccessRules rules;
  private final Door door;
  private final String contextPath;

  /**
   * The protection of an application.
   *
   * @param contextPath empty for the root
   */
  Protection(Settings settings, AccessRules rules, Door door, String contextPath) {
    this.settings = settings;
    this.rules = rules;
    this.door = door;
    this.contextPath = contextPath;
  }

  /**
   * Logs it, once for each filter of an application.
   *
   * @param by the name of the filter; null for the mechanism
   */
  static void log(
      Settings settings,
      AccessRules rules,
      Door door,
      ServletContext context,
      @Nullable String by) {
    String logged = Protection.class.getName() + '.' + by;
    if (context.getAttribute(logged) == null) {
      context.setAttribute(logged, true);
      String path = Objects.requireNonNullElse(context.getContextPath(), "");
      Protection protection = new Protection(settings, rules, door, path);
      LOG.log(Level.INFO, protection.line(by));
      protection.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    }
  }

  /** What is protected, where, by what, and where the answers come from: one line. */
  String line(@Nullable String by) {
    List<String> excluded = settings.get(Key.FILTER_EXCLUDED_PATHS);
    String line =
        "protects "
            + String.join(", ", settings.get(Key.FILTER_PATHS))
            + (door == Door.FORWARD_AUTH ? " for the proxies that ask " : " in the application ")
            + '"'
            + (door == Door.FORWARD_AUTH ? contextPath + ForwardAuth.PATH : application())
            + '"'
            + (excluded.isEmpty() ? "" : ", except " + String.join(", ", excluded))
            + (rules.none() ? "; no rules" : "; rules: " + String.join("; ", texts(rules.all())))
            + "; "
            + (by == null ? "mechanism" : "filter \"" + by + '"')
            + "; tokens are checked by "
            + source();
    return Printable.of(line);
  }

  private String application() {
    return contextPath.isEmpty() ? "/" : contextPath;
  }

  private String source() {
    Optional<String> name = settings.get(Key.DATASOURCE);
    Optional<String> url = settings.get(Key.JDBC_URL);
    if (name.isPresent()) {
      return "the DataSource " + name.get();
    }
    return url.isPresent()
        ? "the database " + withoutSecrets(url.get())
        : "the embedded database in " + settings.get(Key.HOME);
  }

  /** A JDBC URL without parameters and without a user in front of the host. */
  private static String withoutSecrets(String url) {
    int end = 0;
    while (end < url.length() && "?;(=&,".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String place = url.substring(0, end);
    int user = place.lastIndexOf('@');
    int driver = place.indexOf(':', place.indexOf(':') + 1);
    return user < 0
        ? place
        : place.substring(0, Math.max(driver, 0)) + ":…" + place.substring(user);
  }

  /** What the author of the settings has probably not meant; each is one line. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (door != Door.FORWARD_AUTH && !contextPath.isEmpty()) {
      warnOfContextPath(Key.FILTER_PATHS, settings.get(Key.FILTER_PATHS), warnings);
      warnOfContextPath(
          Key.FILTER_EXCLUDED_PATHS, settings.get(Key.FILTER_EXCLUDED_PATHS), warnings);
      warnOfContextPath(
          Key.FILTER_RULES,
          rules.all().stream().map(rule -> rule.written().toString()).toList(),
          warnings);
    }
    List<PathPattern> guarded =
        settings.get(Key.FILTER_PATHS).stream().map(PathPattern::canonical).toList();
    warnOfOpenChildren(guarded, warnings);
    warnOfExclusions(guarded, warnings);
    for (int i = 0; i < rules.all().size(); i++) {
      warnOfRule(guarded, i, warnings);
    }
    return warnings.stream().map(Printable::of).toList();
  }

  private void warnOfContextPath(Key<?> key, List<String> patterns, List<String> warnings) {
    PathPattern below = PathPattern.canonical(contextPath + "/*");
    for (String pattern : patterns) {
      if (below.covers(PathPattern.canonical(pattern))) {
        String rest = pattern.substring(Math.min(contextPath.length(), pattern.length()));
        warnings.add(
            key
                + ": \""
                + pattern
                + "\" begins with the context path. Patterns are compared with the path behind it,"
                + " so this one is for "
                + contextPath
                + pattern
                + " and not for "
                + pattern
                + "; write \""
                + (rest.startsWith("/") ? rest : "/*")
                + '"');
      }
    }
  }

  private void warnOfOpenChildren(List<PathPattern> guarded, List<String> warnings) {
    for (PathPattern pattern : guarded) {
      PathPattern children = pattern.withChildren();
      if (pattern.exact() && guarded.stream().noneMatch(other -> other.covers(children))) {
        warnings.add(
            Key.FILTER_PATHS
                + ": \""
                + pattern
                + "\" protects this path alone and leaves "
                + pattern
                + "/x open; write \""
                + children
                + "\" for both");
      }
    }
  }

  private void warnOfExclusions(List<PathPattern> guarded, List<String> warnings) {
    for (String text : settings.get(Key.FILTER_EXCLUDED_PATHS)) {
      PathPattern excluded = PathPattern.exclusion(text);
      for (PathPattern pattern : guarded) {
        if (excluded.covers(pattern)) {
          warnings.add(
              Key.FILTER_EXCLUDED_PATHS
                  + ": \""
                  + text
                  + "\" opens all of \""
                  + pattern
                  + "\", which "
                  + Key.FILTER_PATHS
                  + " names; a token is needed for none of it");
        }
      }
    }
  }

  private void warnOfRule(List<PathPattern> guarded, int at, List<String> warnings) {
    Rule rule = rules.all().get(at);
    String named = Key.FILTER_RULES + ": \"" + text(rule) + '"';
    if (guarded.stream().noneMatch(pattern -> pattern.meets(rule.pattern()))) {
      warnings.add(
          named
              + " has no effect, because its path is not protected; add \""
              + rule.written()
              + "\" to "
              + Key.FILTER_PATHS);
    }
    Rule earlier = shadowOf(at);
    if (earlier != null) {
      warnings.add(
          named
              + " is never reached, because the first rule that matches decides, and \""
              + text(earlier)
              + "\" stands before it; put the more specific rule first");
    }
    PathPattern children = rule.pattern().withChildren();
    boolean mayBeMeantForChildren =
        rule.pattern().exact()
            && rules.all().stream()
                .map(Rule::pattern)
                .anyMatch(other -> children.covers(other) && !other.covers(rule.pattern()));
    if (mayBeMeantForChildren && !hasRulesFor(rule.methods(), children)) {
      warnings.add(
          named
              + " is for this path alone, and no rule is for all that is below it; write \""
              + children
              + "\" for both");
    }
  }

  /** The last of the rules that leave nothing to the rule at this place; null when they do. */
  private @Nullable Rule shadowOf(int at) {
    Rule rule = rules.all().get(at);
    Set<String> left = new HashSet<>(rule.methods());
    for (Rule earlier : rules.all().subList(0, at)) {
      if (earlier.pattern().covers(rule.pattern())) {
        left.removeAll(earlier.methods());
        if (earlier.methods().isEmpty() || (left.isEmpty() && !rule.methods().isEmpty())) {
          return earlier;
        }
      }
    }
    return null;
  }

  private boolean hasRulesFor(Set<String> methods, PathPattern pattern) {
    Set<String> left = new HashSet<>(methods);
    for (Rule rule : rules.all()) {
      if (rule.pattern().covers(pattern)) {
        left.removeAll(rule.methods());
        if (rule.methods().isEmpty() || (left.isEmpty() && !methods.isEmpty())) {
          return true;
        }
      }
    }
    return false;
  }

  private static List<String> texts(List<Rule> rules) {
    return rules.stream().map(Protection::text).toList();
  }

  private static String text(Rule rule) {
    Stream<String> methods = rule.methods().stream().sorted();
    return (rule.methods().isEmpty() ? "*" : String.join(",", methods.toList()))
        + ' '
        + rule.written()
        + ' '
        + rule.scopeText();
  }
}
