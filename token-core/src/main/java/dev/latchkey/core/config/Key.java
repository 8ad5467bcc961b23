package dev.latchkey.core.config;

import static java.util.function.Predicate.not;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A configuration key: its name, its default, what it allows and how its text becomes a value.
 *
 * <p>Every key that Latchkey knows is a constant of this class and stands in {@link #ALL}. Adding
 * one there is all that it takes; {@link Settings} reads, checks and reports it. Immutable.
 *
 * @param <T> the type of the value
 */
public final class Key<T> {

  /** JNDI name of the server's DataSource. Wins over {@code latchkey.jdbc.*}. */
  public static final Key<Optional<String>> DATASOURCE = optional("latchkey.datasource");

  /** JDBC URL of Latchkey's own connection pool. */
  public static final Key<Optional<String>> JDBC_URL = optional("latchkey.jdbc.url");

  /** User of Latchkey's own connection pool. */
  public static final Key<Optional<String>> JDBC_USER = optional("latchkey.jdbc.user");

  /** Password of Latchkey's own connection pool. */
  public static final Key<Optional<String>> JDBC_PASSWORD = optional("latchkey.jdbc.password");

  /** The schema that the tables are in; where it is not set, the one of the connections. */
  public static final Key<Optional<String>> JDBC_SCHEMA =
      new Key<>(
          "latchkey.jdbc.schema",
          "",
          "a name of at most 63 characters of a-z, 0-9 and _, the first a letter",
          Key::schema);

  /** Connections of Latchkey's own connection pool; also how many checks may read at once. */
  public static final Key<Integer> JDBC_POOL_SIZE = integer("latchkey.jdbc.pool-size", 8, 3, 200);

  /** Folder of the embedded database and of the first admin password. */
  public static final Key<Path> HOME =
      new Key<>("latchkey.home", "./latchkey-data", "a folder", Key::path);

  /** The POSIX group whose members may share the embedded database. */
  public static final Key<Optional<String>> HOME_GROUP = optional("latchkey.home.group");

  /** Prefix of generated tokens. */
  public static final Key<String> TOKEN_PREFIX =
      new Key<>("latchkey.token.prefix", "lk", "2 to 10 characters of a-z and 0-9", Key::prefix);

  /** How long a token lives when nothing else is said. */
  public static final Key<Lifetime> TOKEN_LIFETIME =
      new Key<>(
          "latchkey.token.lifetime",
          "P6M",
          "an ISO-8601 period such as P6M or P90D, more than nothing and at most 10 years",
          Lifetime::parse);

  /** How long a token lives that a third party fetches by its client credentials. */
  public static final Key<Duration> OAUTH_TOKEN_LIFETIME =
      duration("latchkey.oauth.token-lifetime", "PT1H");

  /** Tokens held in memory by one node. */
  public static final Key<Integer> CACHE_MAX_SIZE =
      integer("latchkey.cache.max-size", 100_000, 1, 100_000_000);

  /** An answer older than this is re-read in the background while it keeps being served. */
  public static final Key<Duration> CACHE_REFRESH_AFTER =
      duration("latchkey.cache.refresh-after", "PT30S");

  /** An answer older than this is never used. */
  public static final Key<Duration> CACHE_MAX_STALE = duration("latchkey.cache.max-stale", "PT5M");

  /** How tokens are looked up that are not in memory. */
  public static final Key<SourceKind> SOURCE =
      new Key<>("latchkey.source", "jdbc", "jdbc or jpa", SourceKind::parse);

  /** How often a node asks the change feed when nothing wakes it. */
  public static final Key<Duration> FEED_POLL_INTERVAL =
      duration("latchkey.feed.poll-interval", "PT1S");

  /** How often a node writes down which tokens were used. */
  public static final Key<Duration> USAGE_FLUSH_INTERVAL =
      duration("latchkey.usage.flush-interval", "PT10S");

  /** Whether the filter registers itself in the application that it is put into. */
  public static final Key<Boolean> FILTER_REGISTER = bool("latchkey.filter.register", true);

  /** Servlet URL patterns that the filter protects. */
  public static final Key<List<String>> FILTER_PATHS = patterns("latchkey.filter.paths", "/*");

  /** Patterns let through without a token. */
  public static final Key<List<String>> FILTER_EXCLUDED_PATHS =
      patterns("latchkey.filter.excluded-paths", "");

  /** Required scopes; the filter knows the grammar. */
  public static final Key<String> FILTER_RULES =
      new Key<>(
          "latchkey.filter.rules",
          "",
          "rules such as: GET,HEAD /licences/* licences:read; POST /licences/* licences:write",
          Function.identity());

  /** CIDRs of proxies whose forwarding headers are believed, by the admin WAR as well. */
  public static final Key<List<String>> FILTER_TRUSTED_PROXIES =
      new Key<>(
          "latchkey.filter.trusted-proxies", "", "CIDRs separated by commas", Key::commaSeparated);

  /** Use the Jakarta Security mechanism in place of the filter. */
  public static final Key<Boolean> MECHANISM = bool("latchkey.mechanism", false);

  /** Realm of the challenge. */
  public static final Key<String> FILTER_REALM =
      new Key<>(
          "latchkey.filter.realm",
          "latchkey",
          "1 to 100 printable ASCII characters without \" and \\",
          Key::realm);

  /** Let a true CORS preflight through without a token. */
  public static final Key<Boolean> FILTER_CORS_PREFLIGHT =
      bool("latchkey.filter.cors-preflight", true);

  /** Serve RFC 9728 metadata and name it in the challenge. */
  public static final Key<Boolean> FILTER_RESOURCE_METADATA =
      bool("latchkey.filter.resource-metadata", true);

  /** Base URL of the application as third parties write it, for RFC 9728 metadata. */
  public static final Key<Optional<String>> FILTER_PUBLIC_URL =
      optional("latchkey.filter.public-url");

  /** Hold a forward to what its own path demands. */
  public static final Key<Boolean> FILTER_CHECK_FORWARDS =
      bool("latchkey.filter.check-forwards", false);

  /** Issuer URL in metadata. */
  public static final Key<Optional<String>> ISSUER = optional("latchkey.issuer");

  /** Keys that authenticate the audit trail: the first one writes, all of them verify. */
  public static final Key<List<String>> AUDIT_KEY =
      new Key<>(
          "latchkey.audit.key",
          "",
          "keys of at least 32 characters separated by commas",
          Key::commaSeparated);

  /** CIDRs that may read the metrics without a token. */
  public static final Key<List<String>> METRICS_ALLOWED_NETWORKS =
      new Key<>(
          "latchkey.metrics.allowed-networks",
          "127.0.0.0/8, ::1/128",
          "CIDRs separated by commas",
          Key::commaSeparated);

  /** Password of the first admin user. */
  public static final Key<Optional<String>> ADMIN_PASSWORD = optional("latchkey.admin.password");

  /** Base URL of the admin WAR as people write it. */
  public static final Key<Optional<URI>> ADMIN_PUBLIC_URL =
      new Key<>(
          "latchkey.admin.public-url",
          "",
          "an https URL (http for a loopback address only) such as"
              + " https://keys.example.org/latchkey, without query, fragment and user information",
          Key::publicUrl);

  /** URL of the OpenID provider that signs people in to the console. */
  public static final Key<Optional<String>> OIDC_ISSUER = optional("latchkey.oidc.issuer");

  /** What the OpenID provider knows Latchkey by. */
  public static final Key<Optional<String>> OIDC_CLIENT_ID = optional("latchkey.oidc.client-id");

  /** What Latchkey proves to the OpenID provider that it is Latchkey with. */
  public static final Key<Optional<String>> OIDC_CLIENT_SECRET =
      optional("latchkey.oidc.client-secret");

  /** The claim with the groups {@code latchkey-viewer}, {@code -operator}, {@code -admin}. */
  public static final Key<String> OIDC_GROUPS_CLAIM =
      new Key<>("latchkey.oidc.groups-claim", "groups", "the name of a claim", Key::claim);

  /** What a third party is to call, in the line that the page of a one-time link shows. */
  public static final Key<Optional<URI>> HANDOVER_TRY_URL =
      new Key<>("latchkey.handover.try-url", "", "an http or https URL", Key::webAddress);

  /** Serve the sample endpoint of the filter WAR. */
  public static final Key<Boolean> SAMPLE = bool("latchkey.sample", false);

  /** Port of the run profile; known here so that it is not taken for a misspelt key. */
  public static final Key<Integer> PORT = integer("latchkey.port", 8080, 1, 65_535);

  /** Every key. */
  public static final List<Key<?>> ALL =
      List.of(
          DATASOURCE,
          JDBC_URL,
          JDBC_USER,
          JDBC_PASSWORD,
          JDBC_SCHEMA,
          JDBC_POOL_SIZE,
          HOME,
          HOME_GROUP,
          TOKEN_PREFIX,
          TOKEN_LIFETIME,
          OAUTH_TOKEN_LIFETIME,
          CACHE_MAX_SIZE,
          CACHE_REFRESH_AFTER,
          CACHE_MAX_STALE,
          SOURCE,
          FEED_POLL_INTERVAL,
          USAGE_FLUSH_INTERVAL,
          FILTER_REGISTER,
          FILTER_PATHS,
          FILTER_EXCLUDED_PATHS,
          FILTER_RULES,
          FILTER_TRUSTED_PROXIES,
          MECHANISM,
          FILTER_REALM,
          FILTER_CORS_PREFLIGHT,
          FILTER_RESOURCE_METADATA,
          FILTER_PUBLIC_URL,
          FILTER_CHECK_FORWARDS,
          ISSUER,
          AUDIT_KEY,
          METRICS_ALLOWED_NETWORKS,
          ADMIN_PASSWORD,
          ADMIN_PUBLIC_URL,
          OIDC_ISSUER,
          OIDC_CLIENT_ID,
          OIDC_CLIENT_SECRET,
          OIDC_GROUPS_CLAIM,
          HANDOVER_TRY_URL,
          SAMPLE,
          PORT);

  private static final Duration LONGEST = Duration.ofDays(3650);

  private final String name;
  private final String byDefault;
  private final String allowed;
  private final Function<String, T> parser;

  private Key(String name, String byDefault, String allowed, Function<String, T> parser) {
    this.name = name;
    this.byDefault = byDefault;
    this.allowed = allowed;
    this.parser = parser;
  }

  /** The name, as in a properties file: {@code latchkey.cache.max-size}. */
  public String name() {
    return name;
  }

  /** The text that counts when nobody sets the key; empty for none. */
  public String byDefault() {
    return byDefault;
  }

  /** What a value may be, in words for a person. */
  public String allowed() {
    return allowed;
  }

  /** The environment variable: {@code LATCHKEY_CACHE_MAX_SIZE}. */
  public String environmentVariable() {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The filter's init parameter: {@code cache.max-size}. */
  public String initParameter() {
    return name.substring(Settings.PREFIX.length());
  }

  /** Whether the value must never be shown. */
  public boolean secret() {
    return name.endsWith(".password") || name.endsWith("-secret") || name.endsWith(".key");
  }

  /**
   * The value of a text.
   *
   * @param source where the text was found, for the message
   * @throws InvalidConfigurationException when the text is not allowed
   */
  T parse(String text, String source) {
    try {
      return parser.apply(text.strip());
    } catch (IllegalArgumentException | DateTimeParseException notAllowed) {
      throw invalid(text, source);
    }
  }

  /** The complaint about a value of this key. */
  public InvalidConfigurationException invalid(String text, String source) {
    return new InvalidConfigurationException(
        name
            + " = "
            + (secret() ? "(not shown)" : '"' + Printable.of(Echo.value(text)) + '"')
            + " from "
            + source
            + " is not allowed; it takes "
            + allowed);
  }

  @Override
  public String toString() {
    return name;
  }

  private static Key<Optional<String>> optional(String name) {
    return new Key<>(name, "", "a text", text -> Optional.of(text).filter(not(String::isEmpty)));
  }

  private static Key<Boolean> bool(String name, boolean byDefault) {
    return new Key<>(name, Boolean.toString(byDefault), "true or false", Key::truth);
  }

  private static Key<Integer> integer(String name, int byDefault, int least, int most) {
    return new Key<>(
        name,
        Integer.toString(byDefault),
        "a whole number from " + least + " to " + most,
        text -> {
          int value = Integer.parseInt(text);
          if (value < least || value > most) {
            throw new IllegalArgumentException();
          }
          return value;
        });
  }

  private static Key<Duration> duration(String name, String byDefault) {
    return new Key<>(
        name,
        byDefault,
        "an ISO-8601 duration such as PT30S, more than nothing and at most 10 years",
        text -> {
          Duration value = Duration.parse(text);
          // Below a millisecond a duration would count as nothing, and nothing must not mean ever.
          if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException();
          }
          return value;
        });
  }

  private static Key<List<String>> patterns(String name, String byDefault) {
    return new Key<>(
        name,
        byDefault,
        "servlet URL patterns separated by commas, such as /api/*, *.json, /exact; as decoded"
            + " paths, so without %20, ;, ?, #, //, dot segments and unreadable characters",
        text -> {
          List<String> patterns = commaSeparated(text);
          if (!patterns.stream().allMatch(UrlPattern::allowed)) {
            throw new IllegalArgumentException();
          }
          return patterns;
        });
  }

  private static List<String> commaSeparated(String text) {
    return Stream.of(text.split(",", -1)).map(String::strip).filter(not(String::isEmpty)).toList();
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException();
    };
  }

  private static Path path(String text) {
    try {
      if (text.isEmpty()) {
        throw new IllegalArgumentException();
      }
      return Path.of(text);
    } catch (InvalidPathException unusable) {
      throw new IllegalArgumentException(unusable);
    }
  }

  private static Optional<String> schema(String text) {
    boolean plain =
        text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
    boolean begins = !text.isEmpty() && text.charAt(0) >= 'a' && text.charAt(0) <= 'z';
    if (!text.isEmpty() && (!plain || !begins || text.length() > 63)) {
      throw new IllegalArgumentException();
    }
    return Optional.of(text).filter(not(String::isEmpty));
  }

  private static String prefix(String text) {
    boolean lettersAndDigits =
        text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    if (text.length() < 2 || text.length() > 10 || !lettersAndDigits) {
      throw new IllegalArgumentException();
    }
    return text;
  }

  private static Optional<URI> webAddress(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    URI uri = URI.create(text);
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null) {
      throw new IllegalArgumentException();
    }
    return Optional.of(uri);
  }

  private static Optional<URI> publicUrl(String text) {
    Optional<URI> url = webAddress(text);
    boolean fine =
        url.filter(
                uri ->
                    uri.getRawUserInfo() == null
                        && uri.getRawQuery() == null
                        && uri.getRawFragment() == null
                        && !uri.getRawPath().contains("//")
                        && uri.normalize().equals(uri)
                        && text.chars().allMatch(c -> c < 0x7f)
                        && ("https".equals(uri.getScheme()) || loopback(uri.getHost())))
            .isPresent();
    if (!text.isEmpty() && !fine) {
      throw new IllegalArgumentException();
    }
    return url;
  }

  private static boolean loopback(String host) {
    boolean number = host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || (number && host.startsWith("127."));
  }

  private static String claim(String text) {
    if (text.isBlank() || text.length() > 100) {
      throw new IllegalArgumentException();
    }
    return text;
  }

  private static String realm(String text) {
    boolean quotable = text.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '"' && c != '\\');
    if (text.isEmpty() || text.length() > 100 || !quotable) {
      throw new IllegalArgumentException();
    }
    return text;
  }
}
