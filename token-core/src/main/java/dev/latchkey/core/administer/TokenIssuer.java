package dev.latchkey.core.administer;

import dev.latchkey.core.store.StoreUnavailableException;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Mints tokens and writes their rows: the one place where a token comes into being. Thread-safe.
 */
public final class TokenIssuer {

  private final TokenFormat format;
  private final String prefix;

  TokenIssuer(TokenFormat format, String prefix) {
    this.format = format;
    this.prefix = prefix;
  }

  /**
   * A token that was just issued. {@code toString} does not tell it.
   *
   * @param row the token's row
   * @param token the secret, shown once
   */
  public record Issued(AccessToken row, String token) {

    @Override
    public String toString() {
      return "Issued[" + row.hint() + "]";
    }
  }

  /**
   * Issues a token in the transaction of {@code em}. The caller has checked that it may.
   *
   * @param label null for none
   * @param createdBy who is named as having created it
   * @param expiresAt the end; null for never
   * @param purgeAt when its row may be deleted; null to keep it
   * @param certificate the client certificate that it is bound to; null for none
   * @throws StoreUnavailableException when the installation has no tag key
   */
  public Issued issue(
      EntityManager em,
      String thirdPartyId,
      @Nullable String label,
      Collection<String> scopes,
      Instant now,
      String createdBy,
      @Nullable Instant expiresAt,
      @Nullable Instant purgeAt,
      @Nullable CertificateThumbprint certificate) {
    MintedToken minted = format.mint(prefix, keys(em));
    AccessToken row =
        new AccessToken(
            minted, thirdPartyId, label, scopes, now, createdBy, expiresAt, purgeAt, certificate);
    em.persist(row);
    return new Issued(row, minted.token().reveal());
  }

  private static TagKeys keys(EntityManager em) {
    return TagKeyRow.stored(em)
        .orElseThrow(() -> new StoreUnavailableException("the database has no tag key"));
  }
}
