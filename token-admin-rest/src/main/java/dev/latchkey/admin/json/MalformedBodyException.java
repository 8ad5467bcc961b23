package dev.latchkey.admin.json;

/** The body of a request can't be read as what it should be. Does not repeat it. */
public final class MalformedBodyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  MalformedBodyException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** 400 or 413. */
  public int status() {
    return status;
  }
}
