package dev.latchkey.core.administer;

import org.jspecify.annotations.Nullable;

/**
 * What a command has created.
 *
 * @param resource what it is now
 * @param secret the secret, to be shown once; null when an idempotency key brought back what an
 *     earlier request has created
 */
public record Created<T>(T resource, @Nullable String secret) {

  /** Whether an earlier request has created it. */
  public boolean replayed() {
    return secret == null;
  }

  /** Does not tell the secret. */
  @Override
  public String toString() {
    return "Created[" + resource + "]";
  }
}
