package dev.latchkey.core.administer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why access works or not.
 *
 * @param works whether a request would get in, as far as that can be said without the request
 * @param thirdParty null when it is not known
 * @param token null when it is not known, or was not asked for
 * @param advice the one thing to do; null when there is nothing to do
 */
public record AccessReport(
    boolean works,
    List<AccessStep> steps,
    @Nullable ThirdPartyView thirdParty,
    @Nullable TokenView token,
    @Nullable String advice) {}
