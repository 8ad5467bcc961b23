package dev.latchkey.core.administer;

import dev.latchkey.core.feed.Change;
import dev.latchkey.core.thirdparty.ClientSecret;
import dev.latchkey.core.token.AccessToken;
import jakarta.persistence.TypedQuery;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes back what somebody has handed out, as a part of the command that takes a role or the
 * account from that person.
 *
 * <p>Links that nobody has opened are taken back. Tokens with a scope of Latchkey itself ({@code
 * latchkey:…}) are deactivated: those that the person issued or renewed, those that came out of the
 * person's links, those that the person has approved for an OAuth client, and those that were
 * issued with such a token in turn. Client secrets that the person was shown end, where the third
 * party has such a scope, and with them the tokens that were fetched by them. A row names the third
 * party whose token issued it, not the token. Therefore all count that this third party issued
 * while the token of the person worked, even if another of its tokens was used. A token that
 * somebody else has renewed is theirs from then on and stays.
 */
public final class Withdrawal {

  private static final String OF_LATCHKEY = "%" + GrantRule.OF_LATCHKEY + "%";

  private final Command command;
  private final String maker;
  private final Deque<Issuer> issuers = new ArrayDeque<>();
  private final Set<String> followed = new HashSet<>();
  private final List<AccessToken> active = new ArrayList<>();

  private Withdrawal(Command command, String maker) {
    this.command = command;
    this.maker = maker;
    issuers.add(new Issuer(maker, Instant.EPOCH, null));
  }

  /** An actor who issued tokens and made links, and when; to the end of time without an end. */
  private record Issuer(String name, Instant from, @Nullable Instant to) {

    /** Whoever has called with a token while it worked. */
    static Issuer with(AccessToken token) {
      Instant end = token.expiresAt();
      Instant off = token.deactivatedAt();
      return new Issuer(
          GrantRule.actorOf(token.thirdPartyId()),
          token.createdAt(),
          end == null || (off != null && off.isBefore(end)) ? off : end);
    }

    boolean was(Instant at) {
      return !at.isBefore(from) && (to == null || !at.isAfter(to));
    }
  }

  /**
   * Takes back all links of somebody that are not opened.
   *
   * @param maker the name of the actor who has made them
   */
  public static void ofLinks(Command command, String maker) {
    Handovers.withdrawAll(command, maker, at -> true);
  }

  /**
   * Takes back all links of somebody that are not opened, and deactivates all tokens with a scope
   * of Latchkey itself that go back to them. Each has its row in the audit trail.
   *
   * @param maker the name of the actor
   * @return how many tokens were deactivated
   */
  public static int ofLinksAndTokens(Command command, String maker) {
    Withdrawal withdrawal = new Withdrawal(command, maker);
    withdrawal.follow();
    withdrawal.active.forEach(withdrawal::deactivate);
    return withdrawal.active.size();
  }

  private void follow() {
    while (!issuers.isEmpty()) {
      Issuer issuer = issuers.remove();
      Handovers.withdrawAll(command, issuer.name, issuer::was);
      List<AccessToken> tokens = new ArrayList<>(tokensOf(issuer));
      for (ClientSecret secret : secretsOf(issuer)) {
        end(secret);
        tokens.addAll(tokensSince(secret));
      }
      for (AccessToken token : tokens) {
        // Whether it works or not: what it issued while it worked may work still.
        if (GrantRule.mayIssue(token.scopes())) {
          issuers.add(Issuer.with(token));
        }
        if (token.deactivatedAt() == null && !ended(token)) {
          active.add(token);
        }
      }
    }
  }

  private List<AccessToken> tokensOf(Issuer issuer) {
    return notFollowed(
        tokens("t.createdBy = :maker or t.approvedBy = :maker").setParameter("maker", issuer.name),
        issuer::was);
  }

  private TypedQuery<AccessToken> tokens(String condition) {
    return command
        .em()
        .createQuery(
            "select t from AccessToken t where ("
                + condition
                + ") and t.scopes like :scope order by t.createdAt, t.id",
            AccessToken.class)
        .setParameter("scope", OF_LATCHKEY);
  }

  /** Those with a scope of Latchkey itself that were made at such a time, each once. */
  private List<AccessToken> notFollowed(TypedQuery<AccessToken> tokens, Predicate<Instant> made) {
    return tokens.getResultList().stream()
        .filter(token -> made.test(token.createdAt()))
        .filter(token -> token.scopes().stream().anyMatch(GrantRule::ofLatchkey))
        .filter(token -> followed.add(token.id()))
        .toList();
  }

  /** The client secrets that somebody was shown, of third parties that may call Latchkey. */
  private List<ClientSecret> secretsOf(Issuer issuer) {
    return command
        .em()
        .createQuery(
            "select s from ClientSecret s, ThirdParty p where p.id = s.thirdPartyId"
                + " and s.createdBy = :maker and p.scopes like :scope order by s.createdAt, s.id",
            ClientSecret.class)
        .setParameter("maker", issuer.name)
        .setParameter("scope", OF_LATCHKEY)
        .getResultList()
        .stream()
        .filter(secret -> issuer.was(secret.createdAt()))
        .toList();
  }

  private void end(ClientSecret secret) {
    Instant end = secret.expiresAt();
    if (end == null || command.now().isBefore(end)) {
      secret.endAt(command.now());
      command.changed(Change.ofThirdParty(secret.thirdPartyId()));
      command.did("client-secret.end", secret.thirdPartyId(), null, Map.of("withdrawnFrom", maker));
    }
  }

  /** The tokens that a third party has fetched since it has this client secret. */
  private List<AccessToken> tokensSince(ClientSecret secret) {
    return notFollowed(
        tokens("t.thirdPartyId = :party and t.createdBy = :origin")
            .setParameter("party", secret.thirdPartyId())
            .setParameter("origin", TokenOrigin.CLIENT_CREDENTIALS.createdBy()),
        at -> !at.isBefore(secret.createdAt()));
  }

  private boolean ended(AccessToken token) {
    Instant end = token.expiresAt();
    return end != null && !command.now().isBefore(end);
  }

  private void deactivate(AccessToken token) {
    token.deactivate(command.now());
    command.changed(Change.ofToken(token.id()));
    command.did(
        "token.deactivate",
        token.thirdPartyId(),
        token.id(),
        Map.of("hint", token.hint(), "issuedBy", token.createdBy(), "withdrawnFrom", maker));
  }
}
