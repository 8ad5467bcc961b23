package dev.latchkey.core.administer;

import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explains to an admin why access works or not. Asks the database, never a cache. The token that is
 * asked about is not stored, logged or put into the audit trail. Thread-safe.
 */
public final class AccessCheck {

  private final Commands commands;

  AccessCheck(Commands commands) {
    this.commands = commands;
  }

  /** Explains what a token is worth. Takes any text. */
  public AccessReport ofToken(Actor actor, String tokenText) {
    BearerToken token = BearerToken.parse(tokenText.strip()).orElse(null);
    return commands.carryOut(
        actor,
        command -> {
          Explanation explanation = new Explanation();
          AccessToken row = known(command.em(), token, explanation);
          if (row == null) {
            command.did("access.check", null, null, Map.of("found", false));
            return explanation.report(null, null);
          }
          ThirdParty party = ThirdPartyAdministration.found(command.em(), row.thirdPartyId());
          TokenView view = TokenAdministration.view(command.em(), party, row, command.now());
          explainParty(party, explanation);
          explainToken(row, view, party, command.now(), explanation);
          command.did("access.check", party.id(), row.id(), Map.of("found", true));
          return explanation.report(
              ThirdPartyAdministration.view(command.em(), party.id(), command.now()), view);
        });
  }

  /** Explains what a third party can do with the tokens that it has. */
  public AccessReport ofClient(Actor actor, String clientId) {
    return commands.carryOut(
        actor,
        command -> {
          Explanation explanation = new Explanation();
          ThirdParty party =
              Texts.plain(clientId) ? command.em().find(ThirdParty.class, clientId) : null;
          if (party == null) {
            explanation.failed(
                "known",
                "no third party has this client id",
                "Ask for the client id again, or register the third party.");
            command.did("access.check", null, null, Map.of("found", false));
            return explanation.report(null, null);
          }
          ThirdPartyView view =
              ThirdPartyAdministration.view(command.em(), party.id(), command.now());
          explanation.passed("known", "this is \"" + party.name() + "\"");
          explainParty(party, explanation);
          if (view.activeTokens() > 0 || !party.enabled()) {
            explanation.noted("active", "active tokens: " + view.activeTokens());
          } else {
            explanation.failed(
                "active", "it has no active token", "Add a token, or switch one on again.");
          }
          explainLimits(List.copyOf(party.scopes()), party, explanation);
          command.did("access.check", party.id(), null, Map.of("found", true));
          return explanation.report(view, null);
        });
  }

  private static @Nullable AccessToken known(
      EntityManager em, @Nullable BearerToken token, Explanation explanation) {
    if (token == null || TokenFormat.idOf(token) == TokenFormat.NOT_OURS) {
      explanation.failed(
          "known",
          "this is not a token of Latchkey at all",
          "Check that the whole token was copied, and nothing else.");
      return null;
    }
    TagKeys keys = TagKeyRow.stored(em).orElse(null);
    if (keys == null || !TokenFormat.tagged(token, keys)) {
      explanation.failed(
          "known",
          "this installation did not generate this token, or a character of it is wrong",
          "Check that the whole token was copied, and that it is meant for this installation.");
      return null;
    }
    AccessToken row = em.find(AccessToken.class, TokenFormat.idText(TokenFormat.idOf(token)));
    if (row == null || !row.hash().equals(token.hash())) {
      explanation.failed(
          "known",
          "this installation generated this token, but it is not stored any more",
          "Its third party was deleted, or the database was restored: add a token.");
      return null;
    }
    explanation.passed("known", "this is the token " + row.hint());
    return row;
  }

  private static void explainParty(ThirdParty party, Explanation explanation) {
    if (party.enabled()) {
      explanation.passed("enabled", "the third party \"" + party.name() + "\" is enabled");
    } else {
      explanation.failed(
          "enabled",
          "the third party \"" + party.name() + "\" is disabled",
          "Enable the third party, if it may have access again.");
    }
  }

  private static void explainToken(
      AccessToken token, TokenView view, ThirdParty party, Instant now, Explanation explanation) {
    Instant off = token.deactivatedAt();
    Instant end = token.expiresAt();
    boolean over = end != null && !now.isBefore(end);
    if (off == null) {
      explanation.passed("active", "the token is switched on");
    } else {
      explanation.failed(
          "active",
          "the token was switched off at " + off,
          over ? "Add a token." : "Switch the token on, if it may have access again.");
    }
    if (end == null) {
      explanation.passed("expiry", "the token does not expire");
    } else if (over) {
      explanation.failed("expiry", "the token expired at " + end, "Renew the token.");
    } else {
      explanation.passed("expiry", "the token expires at " + end);
    }
    if (token.certificate() != null) {
      explanation.noted(
          "certificate",
          "only with the client certificate whose SHA-256 thumbprint is " + token.certificate());
    }
    explainLimits(
        List.copyOf(dev.latchkey.core.token.Scopes.both(token.scopes(), party.scopes())),
        party,
        explanation);
    explanation.noted(
        "last-used",
        view.lastUsedAt() == null
            ? "the token was never used"
            : "the token was last used at " + view.lastUsedAt() + " from " + view.lastUsedFrom());
  }

  private static void explainLimits(
      List<String> scopes, ThirdParty party, Explanation explanation) {
    explanation.noted(
        "scopes",
        scopes.isEmpty()
            ? "without any scope: only what needs no scope is allowed"
            : "allowed: " + String.join(" ", scopes));
    explanation.noted(
        "networks",
        party.allowedNetworks().anywhere()
            ? "from any address"
            : "only from " + String.join(", ", party.allowedNetworks().cidrs()));
  }

  /** Steps, and the first piece of advice. */
  private static final class Explanation {

    private final List<AccessStep> steps = new ArrayList<>();
    private @Nullable String advice;

    void passed(String check, String detail) {
      steps.add(new AccessStep(check, true, detail));
    }

    void noted(String check, String detail) {
      steps.add(new AccessStep(check, null, detail));
    }

    void failed(String check, String detail, String whatToDo) {
      steps.add(new AccessStep(check, false, detail));
      if (advice == null) {
        advice = whatToDo;
      }
    }

    AccessReport report(@Nullable ThirdPartyView party, @Nullable TokenView token) {
      return new AccessReport(advice == null, List.copyOf(steps), party, token, advice);
    }
  }
}
