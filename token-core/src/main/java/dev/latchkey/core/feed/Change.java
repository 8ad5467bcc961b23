package dev.latchkey.core.feed;

/**
 * A change after which earlier answers about its subject must not be used.
 *
 * @param kind what has changed
 * @param subject the id of the token or third party; empty when the kind has no subject
 */
public record Change(Kind kind, String subject) {

  /** What has changed. */
  public enum Kind {
    /** One token. */
    TOKEN,
    /** A third party, and with it all of its tokens. */
    THIRD_PARTY,
    /** The keys of the token tags. */
    TAG_KEYS
  }

  public static Change ofToken(String id) {
    return new Change(Kind.TOKEN, id);
  }

  public static Change ofThirdParty(String id) {
    return new Change(Kind.THIRD_PARTY, id);
  }

  public static Change ofTagKeys() {
    return new Change(Kind.TAG_KEYS, "");
  }
}
