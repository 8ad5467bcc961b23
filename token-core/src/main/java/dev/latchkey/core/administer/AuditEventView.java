package dev.latchkey.core.administer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who did what when.
 *
 * @param seq its number, without gaps
 * @param address where the actor was
 * @param action for example {@code token.deactivate}
 * @param detail a JSON object; what was before and what is after, never a secret
 */
public record AuditEventView(
    long seq,
    Instant at,
    String actor,
    String address,
    String action,
    @Nullable String thirdPartyId,
    @Nullable String tokenId,
    String detail) {}
