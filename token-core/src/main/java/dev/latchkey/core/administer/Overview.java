package dev.latchkey.core.administer;

import dev.latchkey.core.usage.RefusalReason;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How things are.
 *
 * @param expiringTokens tokens that end within 30 days and have no successor
 * @param usesPerDay of the last {@link Statistics#DAYS} days of UTC, today last; unmodifiable
 * @param refusalsPerHour of the last {@link Statistics#HOURS} hours, this one last; every reason is
 *     there; unmodifiable
 * @param attention what to look at, most urgent first; unmodifiable
 */
public record Overview(
    long thirdParties,
    long enabledThirdParties,
    long activeTokens,
    long expiringTokens,
    List<Long> usesPerDay,
    Map<RefusalReason, List<Long>> refusalsPerHour,
    List<Attention> attention) {

  public Overview {
    usesPerDay = List.copyOf(usesPerDay);
    refusalsPerHour = Map.copyOf(refusalsPerHour);
    attention = List.copyOf(attention);
  }

  /** Why something needs attention. */
  public enum Kind {
    /** Its third party is disabled, and it is tried all the same. */
    DISABLED_STILL_CALLING,
    /** It ends within 30 days and has no successor. */
    EXPIRING,
    /** It was refused ten times or more in a day. */
    REFUSED_A_LOT,
    /** It is active for more than a week and was never used. */
    NEVER_USED;

    /** The name in the REST API: {@code never-used}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * A token that needs attention.
   *
   * @param refusals how often it was refused in the last {@link Statistics#HOURS} hours
   */
  public record Attention(
      Kind kind,
      String thirdPartyId,
      String thirdPartyName,
      String tokenId,
      String hint,
      @Nullable String label,
      @Nullable Instant expiresAt,
      long refusals) {}
}
