package dev.latchkey.core.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a token is worth at an instant. The one place that decides it: the filter, the REST API,
 * introspection and the console all ask here.
 */
public enum TokenStatus {
  /** Lets requests in. */
  ACTIVE("active"),
  /** Its time is over; nothing brings it back. */
  EXPIRED("expired"),
  /** An admin switched it off, and may switch it on again. */
  DEACTIVATED("deactivated"),
  /** Somebody has found it and reported it; nothing brings it back. */
  REPORTED_LEAKED("reported-leaked"),
  /** Would be active, but its third party is disabled. */
  THIRD_PARTY_DISABLED("third-party-disabled");

  private final String text;

  TokenStatus(String text) {
    this.text = text;
  }

  /**
   * The status at {@code now}. When several things stand against a token, the most final one is
   * named.
   *
   * @param expiresAt the end, at which the token is expired already; null for never
   * @param deactivatedAt when an admin switched it off; null for not
   */
  public static TokenStatus at(
      Instant now,
      @Nullable Instant expiresAt,
      @Nullable Instant deactivatedAt,
      boolean thirdPartyEnabled) {
    if (expiresAt != null && !now.isBefore(expiresAt)) {
      return EXPIRED;
    }
    if (deactivatedAt != null) {
      return DEACTIVATED;
    }
    return thirdPartyEnabled ? ACTIVE : THIRD_PARTY_DISABLED;
  }

  /** The name in the REST API. */
  @Override
  public String toString() {
    return text;
  }
}
