package dev.latchkey.core.administer;

/** The actor may not do this; somebody else may. */
public final class NotAllowedException extends CommandRefusedException {

  private static final long serialVersionUID = 1L;

  NotAllowedException(String message) {
    super(message);
  }
}
