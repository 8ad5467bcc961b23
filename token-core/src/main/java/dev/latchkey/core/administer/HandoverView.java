package dev.latchkey.core.administer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A one-time link as admins see it.
 *
 * @param renews the id of the token that the new one takes the place of; null for none
 * @param openedAt when it was opened; null before
 * @param openedFrom the address that opened it; null before
 * @param tokenId the token that the opening has issued; null before
 */
public record HandoverView(
    String id,
    String thirdPartyId,
    @Nullable String renews,
    @Nullable String label,
    boolean clientSecret,
    Instant createdAt,
    String createdBy,
    Instant expiresAt,
    @Nullable Instant openedAt,
    @Nullable String openedFrom,
    @Nullable String tokenId,
    Status status) {

  /** What has become of a link. */
  public enum Status {
    /** It can be opened. */
    WAITING,
    /** It was opened. */
    OPENED,
    /** Nobody opened it in time. */
    EXPIRED;

    /** The name in the REST API. */
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  static HandoverView of(Handover handover, Instant now) {
    return new HandoverView(
        handover.id(),
        handover.thirdPartyId(),
        handover.renews(),
        handover.label(),
        handover.clientSecret(),
        handover.createdAt(),
        handover.createdBy(),
        handover.expiresAt(),
        handover.openedAt(),
        handover.openedFrom(),
        handover.tokenId(),
        handover.status(now));
  }
}
