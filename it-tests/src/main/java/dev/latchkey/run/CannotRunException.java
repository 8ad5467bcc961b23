package dev.latchkey.run;

/** Why it can't run, in a line for a newcomer. */
final class CannotRunException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String reason;

  CannotRunException(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
