package dev.latchkey.core.oauth;

import java.time.Duration;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * An access token that was just issued. {@code toString} does not tell it.
 *
 * @param token the secret, shown once
 * @param lifetime how long it lives; null when it does not expire
 * @param scopes what it may do; unmodifiable
 */
public record IssuedToken(String token, @Nullable Duration lifetime, SortedSet<String> scopes) {

  @Override
  public String toString() {
    return "IssuedToken[…]";
  }
}
