package dev.latchkey.core.administer;

/** Somebody else has changed it since the version that the caller has seen. */
public final class StaleVersionException extends CommandRefusedException {

  private static final long serialVersionUID = 1L;

  /** A refusal with a message for the caller. */
  public StaleVersionException(String message) {
    super(message);
  }
}
