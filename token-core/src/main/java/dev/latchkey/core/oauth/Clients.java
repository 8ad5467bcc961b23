package dev.latchkey.core.oauth;

import dev.latchkey.core.thirdparty.ClientSecret;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds clients, and authenticates them by their client secret (RFC 6749 §2.3.1). */
final class Clients {

  private static final int ID_LENGTH = 12;

  // Looked up when the id can't be one, so that the database is asked the same questions.
  private static final String NOBODY = "-";

  private Clients() {}

  /**
   * What came of an authentication.
   *
   * @param client null when it has failed
   * @param failure null when it has not failed, or there is no such client
   */
  record Authentication(@Nullable Client client, ClientFailure.@Nullable Reason failure) {}

  /**
   * The client that these credentials are of. Does the same work whether the client is known or
   * not, and compares all of its secrets in constant time (security requirement B2).
   *
   * @param address where the request comes from
   */
  static Authentication authenticated(
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
    if (party == null) {
      return new Authentication(null, null);
    }
    ClientFailure.Reason failure = failure(party, right, address);
    return new Authentication(failure == null ? Client.of(party) : null, failure);
  }

  private static ClientFailure.@Nullable Reason failure(
      ThirdParty party, boolean right, String address) {
    if (!right) {
      return ClientFailure.Reason.WRONG_SECRET;
    }
    if (!party.enabled()) {
      return ClientFailure.Reason.DISABLED;
    }
    return party.allowedNetworks().contain(address) ? null : ClientFailure.Reason.NETWORK;
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
