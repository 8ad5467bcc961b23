package dev.latchkey.core.administer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; null for any.
 *
 * @param from the first instant
 * @param to the instant behind the last
 */
public record AuditFilter(
    @Nullable String thirdPartyId,
    @Nullable String actor,
    @Nullable Instant from,
    @Nullable Instant to) {

  /** All of them. */
  public static final AuditFilter ALL = new AuditFilter(null, null, null, null);
}
