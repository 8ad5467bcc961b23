package dev.latchkey.core.administer;

import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.Scopes;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The one rule of who may give access: whoever issues, renews, hands over, activates, enables or
 * widens must be allowed to grant what comes back by it. Scopes of Latchkey itself ({@code
 * latchkey:…}) need the role admin, because a token with {@code latchkey:admin} is an admin. All
 * commands ask here, before they look at the state of what they change.
 *
 * <p>A token counts with all scopes that it was issued with, even those that its third party lacks
 * at the moment, because an admin may give the third party those scopes later.
 */
public final class GrantRule {

  static final String OF_LATCHKEY = "latchkey:";
  private static final String ADMIN = OF_LATCHKEY + "admin";
  private static final String OPERATOR = OF_LATCHKEY + "operator";

  private GrantRule() {}

  /** Whether a scope gives access to Latchkey itself. */
  static boolean ofLatchkey(String scope) {
    return scope.startsWith(OF_LATCHKEY);
  }

  /** Whether the holder of these scopes can issue tokens and make links. */
  static boolean mayIssue(Collection<String> scopes) {
    return scopes.contains(ADMIN) || scopes.contains(OPERATOR);
  }

  /**
   * Refuses an actor who may not grant one of the scopes.
   *
   * @throws NotAllowedException when the actor is no admin and one of the scopes is of Latchkey
   */
  public static void check(Actor actor, Collection<String> scopes) {
    if (!actor.grantsAll() && scopes.stream().anyMatch(GrantRule::ofLatchkey)) {
      throw new NotAllowedException(
          "Not allowed: access with a scope of Latchkey itself ("
              + OF_LATCHKEY
              + "…) is given or given back by the role admin alone. Name other scopes, or ask an"
              + " admin.");
    }
  }

  /**
   * Refuses a change of a third party that gives access which the actor may not grant: enabling
   * brings back all scopes that it then has, and widening brings the scopes that are added.
   *
   * @throws NotAllowedException when the actor is no admin and one of those scopes is of Latchkey
   */
  static void check(Actor actor, ThirdPartyDraft before, ThirdPartyDraft after) {
    Set<String> given = new TreeSet<>(after.scopes());
    boolean enables = after.enabled() && !before.enabled();
    if (!enables) {
      given.removeAll(before.scopes());
    }
    check(actor, given);
  }

  /**
   * Whether the maker of a link may still hand over what the link says. A person's links are taken
   * back when the person's role changes, so they need no look. The links of a third party open only
   * while it is enabled and has a token that worked when the link was made, was not deactivated
   * since, and has the role that the link takes. Rows do not say which token of the third party
   * made the link: one such token is enough.
   */
  static boolean stillMayHandOver(EntityManager em, Handover link) {
    String maker = thirdPartyOf(link.createdBy());
    if (maker.isEmpty()) {
      return true;
    }
    ThirdParty party = em.find(ThirdParty.class, maker);
    if (party == null || !party.enabled()) {
      return false;
    }
    boolean takesAdmin =
        link.clientSecret() || link.scopes().stream().anyMatch(GrantRule::ofLatchkey);
    return tokensAt(em, maker, link.createdAt()).stream()
        .map(token -> Scopes.both(token.scopes(), party.scopes()))
        .anyMatch(scopes -> takesAdmin ? scopes.contains(ADMIN) : mayIssue(scopes));
  }

  /** The name of the actor that a third party is when it calls with a token. */
  static String actorOf(String thirdPartyId) {
    return Actor.OF_THIRD_PARTY + thirdPartyId;
  }

  private static String thirdPartyOf(String actor) {
    return actor.startsWith(Actor.OF_THIRD_PARTY)
        ? actor.substring(Actor.OF_THIRD_PARTY.length())
        : "";
  }

  private static List<AccessToken> tokensAt(EntityManager em, String thirdPartyId, Instant at) {
    return em.createQuery(
            "select t from AccessToken t where t.thirdPartyId = :maker and t.deactivatedAt is null"
                + " and t.createdAt <= :at and (t.expiresAt is null or t.expiresAt > :at)",
            AccessToken.class)
        .setParameter("maker", thirdPartyId)
        .setParameter("at", at)
        .getResultList();
  }
}
