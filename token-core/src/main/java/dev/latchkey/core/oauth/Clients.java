package dev.latchkey.core.oauth;

import dev.latchkey.core.thirdparty.ClientSecret;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds clients, and authenticates them by their client secret (RFC 6749 §2.3.1). */
final class Clients {

  private static final int ID_LENGTH = 12;

  // Looked up when the id can't be one, so that the database is asked the same questions.
  private static final String NOBODY = "-";

  private Clients() {}

  /**
   * The client that these credentials are of. Does the same work whether the client is known or
   * not, and compares all of its secrets in constant time (security requirement B2).
   *
   * @param address where the request comes from
   * @return empty when the client is unknown or disabled, the secret is wrong or has ended, or the
   *     address is outside of the third party's networks; which of them is not told
   */
  static Optional<Client> authenticated(
      EntityManager em, String id, String secret, String address, Instant now) {
    ThirdParty party = found(em, id);
    List<ClientSecret> secrets =
        em.createQuery(
                "select s from ClientSecret s where s.thirdPartyId = :id"
                    + " and (s.expiresAt is null or s.expiresAt > :now)",
                ClientSecret.class)
            .setParameter("id", party == null ? NOBODY : party.id())
            .setParameter("now", now)
            .getResultList();
    TokenHash given = TokenHash.of(secret);
    boolean right = false;
    for (ClientSecret each : secrets) {
      right |= each.hash().equals(given);
    }
    return party != null && right && party.enabled() && party.allowedNetworks().contain(address)
        ? Optional.of(Client.of(party))
        : Optional.empty();
  }

  /** The third party with exactly this id; null when there is none. */
  static @Nullable ThirdParty found(EntityManager em, String id) {
    boolean possible = id.length() == ID_LENGTH && id.chars().allMatch(Clients::letterOrDigit);
    ThirdParty party = em.find(ThirdParty.class, possible ? id : NOBODY);
    // Some databases ignore spaces at the end of a key.
    return party != null && party.id().equals(id) ? party : null;
  }

  private static boolean letterOrDigit(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
