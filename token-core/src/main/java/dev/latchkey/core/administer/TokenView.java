package dev.latchkey.core.administer;

import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.TokenStatus;
import dev.latchkey.core.usage.TokenUsage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token as an admin sees it: never the secret.
 *
 * @param certificate the client certificate that it is bound to; null for none
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
    @Nullable CertificateThumbprint certificate,
    TokenStatus status,
    @Nullable Instant deactivatedAt,
    @Nullable Instant lastUsedAt,
    @Nullable String lastUsedFrom,
    long useCount,
    List<Long> usesPerDay,
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
        token.certificate(),
        status,
        token.deactivatedAt(),
        usage.lastAt,
        usage.lastFrom,
        usage.count,
        usage.perDay,
        token.version());
  }

  /** Whether it lets requests in. */
  public boolean active() {
    return status == TokenStatus.ACTIVE;
  }

  /** What is written down of a token's uses. */
  record Usage(long count, @Nullable Instant lastAt, @Nullable String lastFrom, List<Long> perDay) {

    /** Days that {@code perDay} covers, the last of them being today (of UTC). */
    static final int DAYS = 30;

    static final Usage NONE = new Usage(0, null, null, Collections.nCopies(DAYS, 0L));

    /**
     * What the rows of one token say together.
     *
     * @param count of all days
     * @param days the last day with uses, and those that {@code perDay} covers
     */
    static Usage of(long count, List<TokenUsage> days, LocalDate today) {
      TokenUsage latest = null;
      List<Long> perDay = new ArrayList<>(NONE.perDay);
      for (TokenUsage day : days) {
        if (latest == null || day.lastUsedAt().isAfter(latest.lastUsedAt())) {
          latest = day;
        }
        long ago = ChronoUnit.DAYS.between(day.day(), today);
        if (ago >= 0 && ago < DAYS) {
          perDay.set((int) (DAYS - 1 - ago), day.uses());
        }
      }
      return latest == null
          ? NONE
          : new Usage(count, latest.lastUsedAt(), latest.lastUsedFrom(), List.copyOf(perDay));
    }
  }
}
