package dev.latchkey.core.administer;

import dev.latchkey.core.token.TokenHash;

/**
 * A client's name for a request, so that it can be repeated without being done twice.
 *
 * @param key chosen by the client: 1 to 200 printable ASCII characters
 * @param request SHA-256 of what the request asks for
 */
public record IdempotencyKey(String key, TokenHash request) {

  public IdempotencyKey {
    if (key.isEmpty() || key.length() > 200 || !key.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new InvalidInputException(
          java.util.List.of(
              new FieldError("Idempotency-Key", "takes 1 to 200 printable ASCII characters")));
    }
  }
}
