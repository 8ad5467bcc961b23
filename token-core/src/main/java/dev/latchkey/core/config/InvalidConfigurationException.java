package dev.latchkey.core.config;

/**
 * The configuration can't be used. The message is one line for an operator: it names the key, the
 * value (unless it is a secret) and what is allowed.
 */
public final class InvalidConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public InvalidConfigurationException(String message) {
    super(message);
  }
}
