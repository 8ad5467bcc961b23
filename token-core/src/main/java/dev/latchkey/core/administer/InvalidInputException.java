package dev.latchkey.core.administer;

import java.util.List;
import java.util.stream.Collectors;

/** Fields of the command are not allowed; all of them are named. */
public final class InvalidInputException extends CommandRefusedException {

  private static final long serialVersionUID = 1L;

  private final transient List<FieldError> errors;

  /** A refusal of these fields, at least one. */
  public InvalidInputException(List<FieldError> errors) {
    super(
        errors.stream()
            .map(error -> error.field() + ": " + error.message())
            .collect(Collectors.joining("; ")));
    this.errors = List.copyOf(errors);
  }

  /** What is wrong; unmodifiable. */
  public List<FieldError> errors() {
    return errors;
  }
}
