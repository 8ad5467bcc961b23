package dev.latchkey.core.administer;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a one-time link shall hand over.
 *
 * @param renews the id of the token that the new one takes the place of; null for one more token
 * @param token what to issue; of a renewal, its lifetime alone counts
 * @param clientSecret whether it also hands over a new client secret
 * @param overlap how long what is replaced still works from the opening on; null for a week where
 *     that is a token, and not at all where it is a client secret
 */
public record HandoverDraft(
    @Nullable String renews, TokenDraft token, boolean clientSecret, @Nullable Duration overlap) {}
