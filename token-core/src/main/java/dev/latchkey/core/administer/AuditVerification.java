package dev.latchkey.core.administer;

import org.jspecify.annotations.Nullable;

/**
 * What a walk along the audit trail has found.
 *
 * @param firstBroken the number of the first event that is missing or not as it was written; null
 *     when there is none
 * @param reason why it is broken, in one sentence; null when it is not
 * @param seq the number of the last event
 * @param hash of the last event, in hexadecimal digits; keep both, and ask with them later
 * @param authenticatedFrom the number of the first event that is authenticated by a key outside of
 *     the database; null when there is none
 */
public record AuditVerification(
    @Nullable Long firstBroken,
    @Nullable String reason,
    long seq,
    String hash,
    @Nullable Long authenticatedFrom) {

  /** Whether every event is as it was written. */
  public boolean unbroken() {
    return firstBroken == null;
  }
}
