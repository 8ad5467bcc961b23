package dev.latchkey.core.store;

/**
 * The database can't be used as it is. The message is one line for an operator and says what to do.
 */
public final class StoreUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Something that every installation has is not in the database. */
  public StoreUnavailableException(String message) {
    super(message);
  }
}
