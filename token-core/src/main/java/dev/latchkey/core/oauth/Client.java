package dev.latchkey.core.oauth;

import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A third party as an OAuth client. Immutable.
 *
 * @param id the Client ID
 * @param name as an admin registered it
 * @param automatic whether its software may fetch tokens by itself
 * @param callbackUrl the registered redirect URI; null for none
 * @param scopes the most that its tokens may do; unmodifiable
 */
public record Client(
    String id,
    String name,
    boolean automatic,
    @Nullable String callbackUrl,
    SortedSet<String> scopes) {

  static Client of(ThirdParty party) {
    return new Client(
        party.id(),
        party.name(),
        party.authorization() == Authorization.AUTOMATIC,
        party.callbackUrl(),
        party.scopes());
  }
}
