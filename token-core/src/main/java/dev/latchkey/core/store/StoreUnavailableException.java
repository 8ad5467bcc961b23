package dev.latchkey.core.store;

/**
 * The database can't be used as it is. The message is one line for an operator and says what to do;
 * anybody may read it. What else is known, such as what a driver says of hosts and users, is for
 * the log.
 */
public final class StoreUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String forTheLog;

  StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
    this.forTheLog = message;
  }

  /** Something that others have said and not everybody may read. */
  StoreUnavailableException(String message, String forTheLogOnly, Throwable cause) {
    super(message, cause);
    this.forTheLog = message + ": " + forTheLogOnly;
  }

  /** Something that every installation has is not in the database. */
  public StoreUnavailableException(String message) {
    super(message);
    this.forTheLog = message;
  }

  String forTheLog() {
    return forTheLog;
  }
}
