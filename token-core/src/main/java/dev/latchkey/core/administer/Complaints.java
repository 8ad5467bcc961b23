package dev.latchkey.core.administer;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a command, so that all of it can be told at once. */
final class Complaints {

  private final List<FieldError> errors = new ArrayList<>();

  void add(String field, String message) {
    errors.add(new FieldError(field, message));
  }

  void unless(boolean fine, String field, String message) {
    if (!fine) {
      add(field, message);
    }
  }

  /** Throws when there are any. */
  void raise() {
    if (!errors.isEmpty()) {
      throw new InvalidInputException(errors);
    }
  }
}
