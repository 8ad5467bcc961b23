package dev.latchkey.core.administer;

/** The state of things does not allow the command. */
public final class ConflictException extends CommandRefusedException {

  private static final long serialVersionUID = 1L;

  /** A refusal with a message for the caller. */
  public ConflictException(String message) {
    super(message);
  }
}
