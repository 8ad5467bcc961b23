package dev.latchkey.core.administer;

import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.TokenStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token as an admin sees it: never the secret.
 *
 * @param useCount how often it was used, as far as it is written down
 * @param version counts changes
 */
public record TokenView(
    String id,
    String thirdPartyId,
    String hint,
    @Nullable String label,
    List<String> scopes,
    Instant createdAt,
    String createdBy,
    @Nullable Instant expiresAt,
    @Nullable String replacedBy,
    TokenStatus status,
    @Nullable Instant deactivatedAt,
    @Nullable Instant lastUsedAt,
    @Nullable String lastUsedFrom,
    long useCount,
    long version) {

  static TokenView of(AccessToken token, TokenStatus status, Usage usage) {
    return new TokenView(
        token.id(),
        token.thirdPartyId(),
        token.hint(),
        token.label(),
        List.copyOf(token.scopes()),
        token.createdAt(),
        token.createdBy(),
        token.expiresAt(),
        token.replacedBy(),
        status,
        token.deactivatedAt(),
        usage.lastAt,
        usage.lastFrom,
        usage.count,
        token.version());
  }

  /** Whether it lets requests in. */
  public boolean active() {
    return status == TokenStatus.ACTIVE;
  }

  /** What is written down of a token's uses. */
  record Usage(long count, @Nullable Instant lastAt, @Nullable String lastFrom) {

    static final Usage NONE = new Usage(0, null, null);

    /** Both together. */
    Usage plus(Usage other) {
      boolean otherIsLater =
          lastAt == null || (other.lastAt != null && other.lastAt.isAfter(lastAt));
      return new Usage(
          count + other.count,
          otherIsLater ? other.lastAt : lastAt,
          otherIsLater ? other.lastFrom : lastFrom);
    }
  }
}
