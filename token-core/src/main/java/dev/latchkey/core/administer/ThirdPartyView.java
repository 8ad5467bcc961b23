package dev.latchkey.core.administer;

import dev.latchkey.core.thirdparty.ThirdParty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A third party as an admin sees it.
 *
 * @param id the OAuth client id
 * @param activeTokens how many of its tokens are active now
 * @param version counts changes
 */
public record ThirdPartyView(
    String id,
    String name,
    boolean enabled,
    ThirdParty.Authorization authorization,
    @Nullable String callbackUrl,
    @Nullable String contactName,
    @Nullable String contactEmail,
    List<String> scopes,
    List<String> allowedNetworks,
    Instant createdAt,
    String createdBy,
    long activeTokens,
    long version) {

  static ThirdPartyView of(ThirdParty party, long activeTokens) {
    return new ThirdPartyView(
        party.id(),
        party.name(),
        party.enabled(),
        party.authorization(),
        party.callbackUrl(),
        party.contactName(),
        party.contactEmail(),
        List.copyOf(party.scopes()),
        party.allowedNetworks().cidrs(),
        party.createdAt(),
        party.createdBy(),
        activeTokens,
        party.version());
  }
}
