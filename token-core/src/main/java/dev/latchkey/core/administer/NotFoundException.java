package dev.latchkey.core.administer;

/** There is no such third party or token, or it is another third party's. */
public final class NotFoundException extends CommandRefusedException {

  private static final long serialVersionUID = 1L;

  /** A refusal with a message for the caller. */
  public NotFoundException(String message) {
    super(message);
  }
}
