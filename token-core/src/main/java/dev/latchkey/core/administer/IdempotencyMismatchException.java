package dev.latchkey.core.administer;

/** The idempotency key was used before, for another request. */
public final class IdempotencyMismatchException extends CommandRefusedException {

  private static final long serialVersionUID = 1L;

  /** A refusal with a message for the caller. */
  public IdempotencyMismatchException(String message) {
    super(message);
  }
}
