package dev.latchkey.admin.admission;

/**
 * Costly work is refused because too much of its kind is under way. Has no stack trace, since a
 * flood throws many of them.
 */
public final class CrowdedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int RETRY_AFTER_SECONDS = 2;

  private final int status;

  private CrowdedException(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /** The caller alone has too many such requests under way: 429 (RFC 6585 §4). */
  static CrowdedException byOneCaller() {
    return new CrowdedException(
        429, "Too many requests of this kind come from one place at once. Try again.");
  }

  /** All callers together have too many such requests under way: 503. */
  static CrowdedException byAll() {
    return new CrowdedException(
        503, "Too many requests of this kind are under way at the moment. Try again.");
  }

  /** The HTTP status that says so: 429 or 503. */
  public int status() {
    return status;
  }

  /** When it is worth another try, in seconds, for {@code Retry-After}. */
  public int retryAfterSeconds() {
    return RETRY_AFTER_SECONDS;
  }
}
