package dev.latchkey.core.administer;

import dev.latchkey.core.administer.HandoverOutcome.Opened;
import dev.latchkey.core.administer.HandoverOutcome.Over;
import dev.latchkey.core.administer.HandoverOutcome.Ready;
import dev.latchkey.core.administer.HandoverOutcome.Unknown;
import dev.latchkey.core.administer.HandoverView.Status;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.Base62;
import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TokenHash;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One-time links that hand a third party its credentials. A link opens once and dies after three
 * days; opening it issues the token then and there, so that nothing secret waits anywhere.
 * Thread-safe.
 */
public final class Handovers {

  /** How long a link can be opened. */
  public static final Duration LIFE = Duration.ofDays(3);

  private static final int ID_LENGTH = 12;

  // 43 digits of base62 are at least 256 bits.
  private static final int CODE_LENGTH = 43;

  private static final int LONGEST_LIFETIME_TEXT = 40;

  private final Commands commands;
  private final ThirdPartyAdministration thirdParties;
  private final TokenAdministration tokens;
  private final SecureRandom random;

  Handovers(
      Commands commands,
      ThirdPartyAdministration thirdParties,
      TokenAdministration tokens,
      SecureRandom random) {
    this.commands = commands;
    this.thirdParties = thirdParties;
    this.tokens = tokens;
    this.random = random;
  }

  /**
   * Makes a link.
   *
   * @return the link's row, and its code
   * @throws InvalidInputException when the draft is not allowed
   * @throws NotAllowedException when the actor may not hand out one of the scopes
   * @throws NotFoundException when there is no such third party, or no such token of it
   * @throws ConflictException when the third party is disabled, or the token can't be renewed
   * @throws IdempotencyMismatchException when the key was used for another request
   */
  public Created<HandoverView> create(
      Actor actor, String thirdPartyId, HandoverDraft draft, @Nullable IdempotencyKey key) {
    if (draft.overlap() != null) {
      Overlap.check(draft.overlap());
    }
    return commands.carryOut(
        actor,
        command -> {
          EntityManager em = command.em();
          ThirdParty party = ThirdPartyAdministration.found(em, thirdPartyId);
          IdempotencyRow earlier = command.earlier(key);
          if (earlier != null) {
            return new Created<>(
                HandoverView.of(found(em, thirdPartyId, earlier.resourceId()), command.now()),
                null);
          }
          checkLifetime(draft.token());
          TokenAdministration.check(draft.token(), party, command.now());
          AccessToken old =
              draft.renews() == null
                  ? null
                  : TokenAdministration.found(em, party.id(), draft.renews());
          Collection<String> scopes = scopes(party, draft, old);
          GrantRule.check(actor, scopes);
          if (draft.clientSecret()) {
            // With a client secret its holder gets tokens for all that the third party may.
            GrantRule.check(actor, party.scopes());
          }
          if (!party.enabled()) {
            throw new ConflictException(
                "a disabled third party is handed nothing: enable it first");
          }
          if (old != null) {
            TokenAdministration.refuseUnlessRenewable(old);
          }
          String id = Base62.random(random, ID_LENGTH);
          String code = id + '.' + Base62.random(random, CODE_LENGTH);
          Handover handover =
              new Handover(
                  id,
                  TokenHash.of(code),
                  thirdPartyId,
                  draft,
                  scopes,
                  command.now(),
                  actor.name(),
                  command.now().plus(LIFE));
          em.persist(handover);
          command.remember(key, thirdPartyId, id);
          command.did("handover.create", thirdPartyId, draft.renews(), described(handover));
          em.flush();
          return new Created<>(HandoverView.of(handover, command.now()), code);
        });
  }

  // What a link hands over is what its maker knew of: not what the third party may by then.
  private static Collection<String> scopes(
      ThirdParty party, HandoverDraft draft, @Nullable AccessToken old) {
    if (old != null) {
      return old.scopes();
    }
    List<String> wanted = draft.token().scopes();
    return wanted == null ? party.scopes() : wanted;
  }

  /**
   * A third party's links, newest first.
   *
   * @throws NotFoundException when there is no such third party
   */
  public List<HandoverView> list(String thirdPartyId) {
    Instant now = commands.now();
    return commands.read(
        em -> {
          ThirdPartyAdministration.found(em, thirdPartyId);
          return em
              .createQuery(
                  "select h from Handover h where h.thirdPartyId = :id"
                      + " order by h.createdAt desc, h.id",
                  Handover.class)
              .setParameter("id", thirdPartyId)
              .setMaxResults(PageRequest.MOST)
              .getResultList()
              .stream()
              .map(handover -> HandoverView.of(handover, now))
              .toList();
        });
  }

  /**
   * Takes a link back before it is opened.
   *
   * @throws NotFoundException when there is no such link of this third party
   * @throws ConflictException when it was opened
   */
  public void withdraw(Actor actor, String thirdPartyId, String id) {
    commands.<Boolean>carryOut(
        actor,
        command -> {
          Handover handover = found(command.em(), thirdPartyId, id);
          if (handover.openedAt() != null) {
            throw new ConflictException(
                "the link was opened: deactivate the token that it has handed over");
          }
          withdraw(command, handover);
          return true;
        });
  }

  /**
   * Takes back links of somebody that are not opened, as a part of a command.
   *
   * @param maker the name of the actor who has made them
   * @param made whether a link that was made at this instant is taken back
   */
  static void withdrawAll(Command command, String maker, Predicate<Instant> made) {
    command
        .em()
        .createQuery(
            "select h from Handover h"
                + " where h.createdBy = :maker and h.openedAt is null and h.expiresAt > :now",
            Handover.class)
        .setParameter("maker", maker)
        .setParameter("now", command.now())
        .getResultList()
        .stream()
        .filter(handover -> made.test(handover.createdAt()))
        .forEach(handover -> withdraw(command, handover));
  }

  private static void withdraw(Command command, Handover handover) {
    command.em().remove(handover);
    command.did(
        "handover.withdraw",
        handover.thirdPartyId(),
        handover.renews(),
        Map.of("id", handover.id()));
  }

  /** What a link is good for. Changes nothing: whoever previews a link may ask. */
  public HandoverOutcome inspect(String code) {
    if (idOf(code).isEmpty()) {
      return Unknown.INSTANCE;
    }
    Instant now = commands.now();
    return commands.read(
        em -> {
          Handover handover = ofCode(em, code, LockModeType.NONE);
          if (handover == null) {
            return Unknown.INSTANCE;
          }
          ThirdParty party = em.find(ThirdParty.class, handover.thirdPartyId());
          return usable(em, handover, party, now)
              ? new Ready(party.name(), handover.createdBy(), handover.expiresAt())
              : over(handover);
        });
  }

  /**
   * Opens a link: issues what it hands over.
   *
   * @param address where whoever opens it is
   */
  public HandoverOutcome open(String code, String address) {
    // A text that is no code costs no statement.
    Optional<String> id = idOf(code);
    if (id.isEmpty()) {
      return Unknown.INSTANCE;
    }
    // Whether its maker might grant this was asked when the link was made, and usable(…) asks
    // whether the maker still may.
    Actor actor = new Actor("handover:" + id.get(), address, true);
    return commands.carryOut(actor, command -> opened(command, code));
  }

  private HandoverOutcome opened(Command command, String code) {
    EntityManager em = command.em();
    Handover handover = ofCode(em, code, LockModeType.PESSIMISTIC_WRITE);
    if (handover == null) {
      return Unknown.INSTANCE;
    }
    ThirdParty party = em.find(ThirdParty.class, handover.thirdPartyId());
    if (!usable(em, handover, party, command.now())) {
      if (handover.refuse()) {
        command.did(
            "handover.refused", party.id(), handover.tokenId(), Map.of("id", handover.id()));
      }
      return over(handover);
    }
    Created<TokenView> issued = issued(command, handover, party);
    String clientSecret =
        handover.clientSecret()
            ? thirdParties.rotate(
                command, party.id(), handover.overlapOfClientSecret(), handover.createdBy())
            : null;
    handover.open(command.now(), command.actor().address(), issued.resource().id());
    command.did("handover.open", party.id(), issued.resource().id(), Map.of("id", handover.id()));
    em.flush();
    return new Opened(
        party.name(),
        handover.createdBy(),
        party.id(),
        clientSecret,
        issued.resource(),
        Objects.requireNonNull(issued.secret()));
  }

  private Created<TokenView> issued(Command command, Handover handover, ThirdParty party) {
    String renews = handover.renews();
    if (renews != null) {
      AccessToken old = TokenAdministration.found(command.em(), party.id(), renews);
      return tokens.renew(
          command,
          party,
          old,
          handover.overlapOfToken(),
          handover.lifetime(),
          RenewedBinding.KEPT,
          handover.createdBy());
    }
    // The third party may have lost some since.
    List<String> scopes = List.copyOf(Scopes.both(handover.scopes(), party.scopes()));
    return tokens.issue(
        command,
        party,
        new TokenDraft(handover.label(), handover.lifetime(), null, scopes),
        handover.createdBy());
  }

  private static boolean usable(
      EntityManager em, Handover handover, ThirdParty party, Instant now) {
    if (handover.status(now) != Status.WAITING
        || !party.enabled()
        || !GrantRule.stillMayHandOver(em, handover)) {
      return false;
    }
    if (handover.renews() == null) {
      return true;
    }
    // Whoever has switched the old token off since did not mean to hand out another one.
    AccessToken old = em.find(AccessToken.class, handover.renews());
    return old != null && old.deactivatedAt() == null && old.replacedBy() == null;
  }

  private static void checkLifetime(TokenDraft draft) {
    Complaints complaints = new Complaints();
    complaints.unless(
        draft.lifetime() == null || draft.lifetime().toString().length() <= LONGEST_LIFETIME_TEXT,
        "lifetime",
        "takes an ISO-8601 period such as P6M");
    complaints.unless(
        draft.expiresAt() == null, "expiresAt", "is not known before the link is opened");
    complaints.raise();
  }

  private static Over over(Handover handover) {
    return new Over(handover.createdBy(), handover.openedAt());
  }

  private static @Nullable Handover ofCode(EntityManager em, String code, LockModeType lock) {
    return idOf(code)
        .map(id -> em.find(Handover.class, id, lock))
        .filter(handover -> handover.hasCode(code))
        .orElse(null);
  }

  private static Optional<String> idOf(String code) {
    boolean ours =
        code.length() == ID_LENGTH + 1 + CODE_LENGTH
            && code.charAt(ID_LENGTH) == '.'
            && code.chars().allMatch(c -> c < 0x7f && (Character.isLetterOrDigit(c) || c == '.'));
    return ours ? Optional.of(code.substring(0, ID_LENGTH)) : Optional.empty();
  }

  private static Handover found(EntityManager em, String thirdPartyId, String id) {
    Handover handover = Texts.plain(id) ? em.find(Handover.class, id) : null;
    if (handover == null || !handover.thirdPartyId().equals(thirdPartyId)) {
      throw new NotFoundException("this third party has no link with this id");
    }
    return handover;
  }

  private static Map<String, @Nullable Object> described(Handover handover) {
    Map<String, @Nullable Object> detail = new LinkedHashMap<>();
    detail.put("id", handover.id());
    detail.put("label", handover.label());
    detail.put("clientSecret", handover.clientSecret());
    detail.put("expiresAt", handover.expiresAt());
    return detail;
  }
}
