package dev.latchkey.core.verify;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where tokens are looked up that are not in memory. Thread-safe. */
public interface TokenSource {

  /**
   * What is stored of a token.
   *
   * @param tokenId the id in the token, as text
   * @return null when there is no such token
   * @throws RuntimeException when the source can't be asked, or does not answer; that says nothing
   *     of the token
   */
  @Nullable Stored find(String tokenId);

  /**
   * A token and its third party, as they are stored.
   *
   * @param hash the 32 bytes of the token's hash
   * @param scopes of the token, separated by spaces
   * @param expiresAt null for never
   * @param deactivatedAt null for not
   * @param thirdPartyScopes separated by spaces
   * @param certificate the 32 bytes of the thumbprint that the token is bound to; null for none
   * @param allowedNetworks as {@link dev.latchkey.core.thirdparty.AllowedNetworks#parse} reads them
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Stored(
      byte[] hash,
      String scopes,
      @Nullable Instant expiresAt,
      @Nullable Instant deactivatedAt,
      String thirdPartyId,
      String thirdPartyName,
      boolean thirdPartyEnabled,
      String thirdPartyScopes,
      String allowedNetworks,
      byte @Nullable [] certificate) {}
}
