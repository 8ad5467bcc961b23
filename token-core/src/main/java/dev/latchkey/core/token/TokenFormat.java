package dev.latchkey.core.token;

import java.math.BigInteger;
import java.security.SecureRandom;

/**
 * The format of our tokens: {@code <prefix>_<id: 10 base62>_<secret: 43 base62><tag: 6 base62>},
 * for example {@code lk_7Qf0aZr3Kd_…}.
 *
 * <p>The id is public: it names a token without telling it. The secret is 256 random bits. The tag
 * is a keyed check sum over all that stands before it, so that a token which this installation did
 * not generate, or one mistyped, is seen for what it is without asking the database. Thread-safe.
 */
public final class TokenFormat {

  /** Characters of an id. */
  public static final int ID_LENGTH = 10;

  /** What {@link #idOf} answers for a text that is not of our format. */
  public static final long NOT_OURS = -1;

  private static final int SECRET_LENGTH = 43;
  private static final int TAG_LENGTH = 6;
  private static final int TAIL = SECRET_LENGTH + TAG_LENGTH;
  private static final int SHORTEST_PREFIX = 2;
  private static final int LONGEST_PREFIX = 10;
  private static final int SECRET_BITS = 256;

  /** Characters of a token with the longest prefix. */
  static final int LONGEST = LONGEST_PREFIX + 1 + ID_LENGTH + 1 + TAIL;

  /** Characters that are not hashed: the id and the underscore behind it. */
  static final int NOT_HASHED = ID_LENGTH + 1;

  private final SecureRandom random;

  /**
   * A format that mints from {@code random}.
   *
   * @param random the platform's default source; {@code getInstanceStrong} may block
   */
  public TokenFormat(SecureRandom random) {
    this.random = random;
  }

  /** A new token with a random id and a random secret, tagged with the newest key. */
  public MintedToken mint(String prefix, TagKeys keys) {
    String id = Base62.random(random, ID_LENGTH);
    String secret = Base62.encode(new BigInteger(SECRET_BITS, random), SECRET_LENGTH);
    String tagged = prefix + '_' + id + '_' + secret;
    BearerToken token = BearerToken.minted(tagged + Base62.encode(keys.tag(tagged), TAG_LENGTH));
    return new MintedToken(id, prefix, token, token.hash());
  }

  /**
   * The id in a token, as the number that {@link #idText} turns back into text, or {@link
   * #NOT_OURS} when the token is not of our format. Any prefix counts, because the configured one
   * may have been another when the token was generated. Does not look at the tag.
   */
  public static long idOf(BearerToken token) {
    int prefix = token.length() - TAIL - 1 - ID_LENGTH - 1;
    if (prefix < SHORTEST_PREFIX
        || prefix > LONGEST_PREFIX
        || token.charAt(prefix) != '_'
        || token.charAt(prefix + 1 + ID_LENGTH) != '_') {
      return NOT_OURS;
    }
    long id = 0;
    for (int i = prefix + 1; i <= prefix + ID_LENGTH; i++) {
      int digit = Base62.value(token.charAt(i));
      if (digit < 0) {
        return NOT_OURS;
      }
      id = id * Base62.BASE + digit;
    }
    return id;
  }

  /**
   * Where the characters begin that are not hashed; negative when the token is too short to be of
   * our format.
   */
  static int notHashed(int length) {
    return length - TAIL - NOT_HASHED;
  }

  /** The number of an id's text, or {@link #NOT_OURS} when it is not an id. */
  public static long idOf(String text) {
    return text.length() == ID_LENGTH ? Base62.decode(text, 0, ID_LENGTH) : NOT_OURS;
  }

  /** The text of an id. */
  public static String idText(long id) {
    return Base62.encode(id, ID_LENGTH);
  }

  /** Whether a token of our format carries a tag of this installation. */
  public static boolean tagged(BearerToken token, TagKeys keys) {
    int tagged = token.length() - TAG_LENGTH;
    long tag = 0;
    for (int i = tagged; i < token.length(); i++) {
      int digit = Base62.value(token.charAt(i));
      if (digit < 0) {
        return false;
      }
      tag = tag * Base62.BASE + digit;
    }
    return keys.made(token, tagged, tag);
  }

  /** What lists and logs show of a token: {@code lk_7Qf0aZr3Kd_}. */
  public static String hint(String prefix, String id) {
    return prefix + '_' + id + '_';
  }
}
