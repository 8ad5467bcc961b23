package dev.latchkey.core.verify;

/**
 * The answer of a check: a {@link Grant} lets the request in, {@link Refused} does not, and {@link
 * Unavailable} says that the check could not be made, which is never to be taken for either.
 */
public sealed interface Verdict permits Grant, Verdict.Refused, Verdict.Unavailable {

  /** Why a token is refused: for the operator, never for the client. */
  enum Refused implements Verdict {
    /** It is not even a {@code b64token} (RFC 6750 §2.1): a bad request, and nobody's token. */
    MALFORMED,
    /** This installation did not generate it, or it is mistyped. */
    FOREIGN,
    /** It carries our tag but is not, or no longer, in the database. */
    UNKNOWN,
    /** Its time is over. */
    EXPIRED,
    /** An admin switched it off. */
    DEACTIVATED,
    /** Its third party is disabled. */
    THIRD_PARTY_DISABLED
  }

  /** The database can't be asked and no usable answer is in memory. */
  enum Unavailable implements Verdict {
    /** The one. */
    INSTANCE
  }
}
