package dev.latchkey.core.administer;

/**
 * A command is refused and nothing has changed. The message is for the caller: it says what to do
 * and holds no secret.
 */
public abstract sealed class CommandRefusedException extends RuntimeException
    permits InvalidInputException,
        NotAllowedException,
        NotFoundException,
        ConflictException,
        StaleVersionException,
        IdempotencyMismatchException {

  private static final long serialVersionUID = 1L;

  CommandRefusedException(String message) {
    super(message);
  }
}
