package dev.latchkey.core.administer;

/**
 * What is wrong with a field of a command.
 *
 * @param field the name in the REST API
 * @param message what it takes; does not repeat the value
 */
public record FieldError(String field, String message) {}
