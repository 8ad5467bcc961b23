package dev.latchkey.core.administer;

import static dev.latchkey.core.administer.ThirdPartyAdministration.requireVersion;

import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.feed.Change;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenStatus;
import dev.latchkey.core.usage.TokenUsage;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Issues tokens, renews them and switches them off and on. Thread-safe. */
public final class TokenAdministration {

  /** The condition of {@link TokenStatus#ACTIVE} on a token {@code t}, but for its third party. */
  static final String ACTIVE =
      "t.deactivatedAt is null and (t.expiresAt is null or t.expiresAt > :now)";

  private static final int LONGEST_LABEL = 200;
  private static final Lifetime LONGEST_LIFE = Lifetime.parse("P10Y");

  private final Commands commands;
  private final TokenIssuer issuer;
  private final Lifetime lifetime;

  TokenAdministration(Commands commands, TokenIssuer issuer, Lifetime lifetime) {
    this.commands = commands;
    this.issuer = issuer;
    this.lifetime = lifetime;
  }

  /**
   * Issues a token. By default it lives for the configured lifetime, or without end under automatic
   * authorization, and may do all that its third party may.
   *
   * @return the token's row, and the token
   * @throws InvalidInputException when the draft is not allowed
   * @throws NotAllowedException when the actor may not hand out one of the scopes
   * @throws NotFoundException when there is no such third party
   * @throws IdempotencyMismatchException when the key was used for another request
   */
  public Created<TokenView> create(
      Actor actor, String thirdPartyId, TokenDraft draft, @Nullable IdempotencyKey key) {
    return commands.carryOut(
        actor,
        command -> {
          EntityManager em = command.em();
          ThirdParty party = ThirdPartyAdministration.found(em, thirdPartyId);
          IdempotencyRow earlier = command.earlier(key);
          if (earlier != null) {
            return replayed(command, party, earlier);
          }
          Created<TokenView> issued = issue(command, party, draft, actor.name());
          command.remember(key, thirdPartyId, issued.resource().id());
          return issued;
        });
  }

  /**
   * A third party's tokens of any origin, newest first.
   *
   * @param active whether they are active; null for any
   * @throws NotFoundException when there is no such third party
   */
  public Page<TokenView> list(String thirdPartyId, @Nullable Boolean active, PageRequest page) {
    return list(thirdPartyId, active, null, page);
  }

  /**
   * A third party's tokens, newest first.
   *
   * @param active whether they are active; null for any
   * @param origin who has made them; null for anybody
   * @throws NotFoundException when there is no such third party
   */
  public Page<TokenView> list(
      String thirdPartyId,
      @Nullable Boolean active,
      @Nullable TokenOrigin origin,
      PageRequest page) {
    Instant now = commands.now();
    return commands.read(
        em -> {
          ThirdParty party = ThirdPartyAdministration.found(em, thirdPartyId);
          List<AccessToken> tokens =
              criteria(party, active, origin, page, now)
                  .list(
                      em,
                      "select t from AccessToken t",
                      "t.createdAt desc, t.id desc",
                      AccessToken.class,
                      page.limit() + 1);
          Map<String, TokenView.Usage> usage =
              usage(em, tokens.stream().map(AccessToken::id).toList(), now);
          return page.page(
              tokens, token -> Position.of(token).text(), token -> view(party, token, usage, now));
        });
  }

  /**
   * How many tokens a third party has of each origin.
   *
   * @throws NotFoundException when there is no such third party
   */
  public List<TokenCounts> counts(String thirdPartyId) {
    Instant now = commands.now();
    return commands.read(
        em -> {
          ThirdParty party = ThirdPartyAdministration.found(em, thirdPartyId);
          return Stream.of(TokenOrigin.values())
              .map(
                  origin ->
                      new TokenCounts(
                          origin,
                          count(em, criteria(party, null, origin, now)),
                          count(em, criteria(party, true, origin, now))))
              .toList();
        });
  }

  // Not by count(*), which would read millions of rows where a client fetches tokens all day.
  private static int count(EntityManager em, Criteria criteria) {
    return criteria
        .list(
            em,
            "select t.id from AccessToken t",
            "t.createdAt desc, t.id desc",
            String.class,
            TokenCounts.MOST)
        .size();
  }

  /**
   * One token.
   *
   * @throws NotFoundException when there is no such token of this third party
   */
  public TokenView get(String thirdPartyId, String tokenId) {
    return commands.read(
        em -> {
          ThirdParty party = ThirdPartyAdministration.found(em, thirdPartyId);
          return view(em, party, found(em, thirdPartyId, tokenId), commands.now());
        });
  }

  /**
   * Switches a token off or on, or labels it. What is switched off stops working everywhere.
   *
   * @param expectedVersion the version that the caller has seen; null for whatever it is
   * @throws InvalidInputException when the label is not allowed
   * @throws NotAllowedException when the actor may not grant a scope of a token that is switched on
   * @throws NotFoundException when there is no such token of this third party
   * @throws ConflictException when an expired token is switched on
   * @throws StaleVersionException when it has another version
   */
  public TokenView change(
      Actor actor,
      String thirdPartyId,
      String tokenId,
      @Nullable Long expectedVersion,
      TokenPatch patch) {
    Complaints complaints = new Complaints();
    checkLabel(patch.label(), complaints);
    complaints.raise();
    return commands.carryOut(
        actor,
        command -> {
          ThirdParty party = ThirdPartyAdministration.found(command.em(), thirdPartyId);
          AccessToken token = found(command.em(), thirdPartyId, tokenId);
          requireVersion(token.version(), expectedVersion);
          if (patch.label() != null) {
            label(command, token, noneIfBlank(patch.label()));
          }
          if (patch.active() != null) {
            activate(command, token, patch.active());
          }
          command.em().flush();
          return view(command.em(), party, token, command.now());
        });
  }

  /**
   * Issues a token in the place of another one, which works on for the overlap, but never beyond
   * its own end. The new one has the label, the scopes and the certificate of the old one and a new
   * lifetime.
   */
  public Created<TokenView> renew(
      Actor actor,
      String thirdPartyId,
      String tokenId,
      Duration overlap,
      @Nullable Lifetime newLifetime,
      @Nullable IdempotencyKey key) {
    return renew(actor, thirdPartyId, tokenId, overlap, newLifetime, RenewedBinding.KEPT, key);
  }

  /**
   * Issues a token in the place of another one, which works on for the overlap, but never beyond
   * its own end. The new one has the label and the scopes of the old one and a new lifetime.
   *
   * @param newLifetime how long the new one lives; null for the default
   * @param binding the client certificate of the new one
   * @return the new token's row, and the new token
   * @throws InvalidInputException when the overlap is negative or more than a year
   * @throws NotAllowedException when the actor may not hand out one of the scopes
   * @throws NotFoundException when there is no such token of this third party
   * @throws ConflictException when the old one is switched off or was renewed before
   * @throws IdempotencyMismatchException when the key was used for another request
   */
  public Created<TokenView> renew(
      Actor actor,
      String thirdPartyId,
      String tokenId,
      Duration overlap,
      @Nullable Lifetime newLifetime,
      RenewedBinding binding,
      @Nullable IdempotencyKey key) {
    Overlap.check(overlap);
    return commands.carryOut(
        actor,
        command -> {
          EntityManager em = command.em();
          ThirdParty party = ThirdPartyAdministration.found(em, thirdPartyId);
          AccessToken old = found(em, thirdPartyId, tokenId);
          IdempotencyRow earlier = command.earlier(key);
          if (earlier != null) {
            return replayed(command, party, earlier);
          }
          Created<TokenView> issued =
              renew(command, party, old, overlap, newLifetime, binding, actor.name());
          command.remember(key, thirdPartyId, issued.resource().id());
          return issued;
        });
  }

  /**
   * Issues a token as a part of a command.
   *
   * @param by who is named as having created it
   */
  Created<TokenView> issue(Command command, ThirdParty party, TokenDraft draft, String by) {
    EntityManager em = command.em();
    check(draft, party, command.now());
    Collection<String> scopes = draft.scopes() == null ? party.scopes() : draft.scopes();
    GrantRule.check(command.actor(), scopes);
    TokenIssuer.Issued issued =
        issuer.issue(
            em,
            party.id(),
            noneIfBlank(draft.label()),
            scopes,
            command.now(),
            by,
            end(draft, party, command.now()),
            null,
            draft.certificate());
    AccessToken token = issued.row();
    command.did("token.create", party.id(), token.id(), described(token));
    em.flush();
    return new Created<>(view(em, party, token, command.now()), issued.token());
  }

  /**
   * Renews a token as a part of a command.
   *
   * @param by who is named as having created the new one
   */
  Created<TokenView> renew(
      Command command,
      ThirdParty party,
      AccessToken old,
      Duration overlap,
      @Nullable Lifetime newLifetime,
      RenewedBinding binding,
      String by) {
    EntityManager em = command.em();
    GrantRule.check(command.actor(), old.scopes());
    refuseUnlessRenewable(old);
    Collection<String> scopes = Scopes.both(old.scopes(), party.scopes());
    TokenDraft draft = new TokenDraft(old.label(), newLifetime, null, List.copyOf(scopes));
    TokenIssuer.Issued issued =
        issuer.issue(
            em,
            party.id(),
            old.label(),
            scopes,
            command.now(),
            by,
            end(draft, party, command.now()),
            null,
            binding.after(old.certificate()));
    AccessToken token = issued.row();
    old.replace(token.id(), command.now().plus(overlap).truncatedTo(ChronoUnit.MILLIS));
    command.changed(Change.ofToken(old.id()));
    Map<String, @Nullable Object> detail = described(token);
    detail.put("replaces", old.hint());
    detail.put("overlap", overlap);
    detail.put("replacedExpiresAt", old.expiresAt());
    CertificateThumbprint before = old.certificate();
    if (before != null && !before.equals(token.certificate())) {
      detail.put("replacedCertificate", before);
    }
    command.did("token.renew", party.id(), token.id(), detail);
    em.flush();
    return new Created<>(view(em, party, token, command.now()), issued.token());
  }

  static TokenView view(EntityManager em, ThirdParty party, AccessToken token, Instant now) {
    return view(party, token, usage(em, List.of(token.id()), now), now);
  }

  private static TokenView view(
      ThirdParty party, AccessToken token, Map<String, TokenView.Usage> usage, Instant now) {
    return TokenView.of(
        token,
        token.status(now, party.enabled()),
        usage.getOrDefault(token.id(), TokenView.Usage.NONE));
  }

  static AccessToken found(EntityManager em, String thirdPartyId, String tokenId) {
    boolean anId = TokenFormat.idOf(tokenId) != TokenFormat.NOT_OURS;
    AccessToken token = anId ? em.find(AccessToken.class, tokenId) : null;
    if (token == null || !token.thirdPartyId().equals(thirdPartyId)) {
      throw new NotFoundException("this third party has no token with this id");
    }
    return token;
  }

  private static Created<TokenView> replayed(
      Command command, ThirdParty party, IdempotencyRow earlier) {
    AccessToken token = found(command.em(), earlier.thirdPartyId(), earlier.resourceId());
    return new Created<>(view(command.em(), party, token, command.now()), null);
  }

  private static Map<String, TokenView.Usage> usage(
      EntityManager em, Collection<String> ids, Instant now) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    // The database adds up: a token that is used for years has a row for each day.
    Map<String, Long> totals =
        em.createQuery(
                "select u.id.tokenId, sum(u.uses) from TokenUsage u where u.id.tokenId in :ids"
                    + " group by u.id.tokenId",
                Object[].class)
            .setParameter("ids", ids)
            .getResultStream()
            .collect(Collectors.toMap(row -> (String) row[0], row -> (Long) row[1]));
    Map<String, List<TokenUsage>> days =
        em.createQuery(
                "select u from TokenUsage u where u.id.tokenId in :ids and (u.id.day >= :first"
                    + " or u.id.day = (select max(v.id.day) from TokenUsage v"
                    + " where v.id.tokenId = u.id.tokenId))",
                TokenUsage.class)
            .setParameter("ids", ids)
            .setParameter("first", today.minusDays(TokenView.Usage.DAYS - 1L))
            .getResultStream()
            .collect(Collectors.groupingBy(TokenUsage::tokenId));
    return totals.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                total ->
                    TokenView.Usage.of(
                        total.getValue(), days.getOrDefault(total.getKey(), List.of()), today)));
  }

  private static Criteria criteria(
      ThirdParty party,
      @Nullable Boolean active,
      @Nullable TokenOrigin origin,
      PageRequest page,
      Instant now) {
    Criteria criteria = criteria(party, active, origin, now);
    Position position = Position.parse(page.position());
    if (position != null) {
      criteria
          .and("(t.createdAt < :at or (t.createdAt = :at and t.id < :id))")
          .with("at", position.createdAt)
          .with("id", position.id);
    }
    return criteria;
  }

  private static Criteria criteria(
      ThirdParty party, @Nullable Boolean active, @Nullable TokenOrigin origin, Instant now) {
    Criteria criteria =
        new Criteria().and("t.thirdPartyId = :thirdParty", "thirdParty", party.id());
    if (origin != null) {
      criteria.and(origin.condition());
    }
    if (active != null) {
      // No token of a disabled third party is active.
      String condition = party.enabled() ? ACTIVE : ACTIVE + " and 1 = 0";
      criteria.and(active ? condition : "not (" + condition + ")").with("now", now);
    }
    return criteria;
  }

  static void check(TokenDraft draft, ThirdParty party, Instant now) {
    Complaints complaints = new Complaints();
    checkLabel(draft.label(), complaints);
    Instant expiresAt = draft.expiresAt();
    if (expiresAt != null) {
      complaints.unless(
          draft.lifetime() == null, "expiresAt", "does not go together with lifetime");
      complaints.unless(
          expiresAt.isAfter(now) && !expiresAt.isAfter(LONGEST_LIFE.from(now)),
          "expiresAt",
          "takes an instant in the future, at most 10 years away");
    }
    List<String> scopes = draft.scopes();
    if (scopes != null) {
      ThirdPartyDraft.checkScopes(scopes, complaints);
      complaints.unless(
          party.scopes().containsAll(scopes),
          "scopes",
          "takes scopes of the third party only: " + String.join(" ", party.scopes()));
    }
    complaints.raise();
  }

  private static void checkLabel(@Nullable String label, Complaints complaints) {
    complaints.unless(
        label == null || label.isBlank() || ThirdPartyDraft.shows(label.strip(), LONGEST_LABEL),
        "label",
        "takes at most " + LONGEST_LABEL + " characters, not only invisible ones and no controls");
  }

  private @Nullable Instant end(TokenDraft draft, ThirdParty party, Instant now) {
    if (draft.expiresAt() != null) {
      return draft.expiresAt().truncatedTo(ChronoUnit.MILLIS);
    }
    if (draft.lifetime() != null) {
      return draft.lifetime().from(now).truncatedTo(ChronoUnit.MILLIS);
    }
    return party.authorization() == ThirdParty.Authorization.AUTOMATIC ? null : lifetime.from(now);
  }

  static void refuseUnlessRenewable(AccessToken token) {
    if (token.replacedBy() != null) {
      throw new ConflictException(
          "the token was renewed before: renew its successor "
              + token.replacedBy()
              + ", or add a token");
    }
    if (token.deactivatedAt() != null) {
      throw new ConflictException("the token is switched off: switch it on first, or add a token");
    }
  }

  private static void label(Command command, AccessToken token, @Nullable String label) {
    @Nullable String before = token.label();
    if (!java.util.Objects.equals(before, label)) {
      token.label(label);
      Map<String, @Nullable Object> detail = new LinkedHashMap<>();
      detail.put("before", before);
      detail.put("after", label);
      command.did("token.label", token.thirdPartyId(), token.id(), detail);
    }
  }

  private static void activate(Command command, AccessToken token, boolean active) {
    boolean isOn = token.deactivatedAt() == null;
    if (active && !isOn) {
      GrantRule.check(command.actor(), token.scopes());
    }
    if (active && token.reportedLeakedAt() != null) {
      throw new ConflictException(
          "the token was reported as leaked and can't be switched on: add a token");
    }
    Instant end = token.expiresAt();
    if (active && end != null && !command.now().isBefore(end)) {
      throw new ConflictException(
          "the token has expired and can't be switched on: renew it, or add a token");
    }
    if (isOn == active) {
      return;
    }
    if (active) {
      token.activate();
    } else {
      token.deactivate(command.now());
    }
    command.changed(Change.ofToken(token.id()));
    command.did(
        active ? "token.activate" : "token.deactivate",
        token.thirdPartyId(),
        token.id(),
        Map.of("hint", token.hint()));
  }

  private static Map<String, @Nullable Object> described(AccessToken token) {
    Map<String, @Nullable Object> detail = new LinkedHashMap<>();
    detail.put("hint", token.hint());
    detail.put("label", token.label());
    detail.put("scopes", token.scopes());
    detail.put("expiresAt", token.expiresAt());
    if (token.certificate() != null) {
      detail.put("certificate", token.certificate());
    }
    return detail;
  }

  private static @Nullable String noneIfBlank(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  /** A place in the list of tokens. */
  private record Position(Instant createdAt, String id) {

    static Position of(AccessToken token) {
      return new Position(token.createdAt(), token.id());
    }

    static @Nullable Position parse(@Nullable String text) {
      if (text == null) {
        return null;
      }
      int colon = text.indexOf(':');
      if (colon < 0) {
        throw PageRequest.invalidCursor();
      }
      Instant at = Instant.ofEpochMilli(PageRequest.number(text.substring(0, colon)));
      String id = text.substring(colon + 1);
      if (!Storable.instant(at) || TokenFormat.idOf(id) == TokenFormat.NOT_OURS) {
        throw PageRequest.invalidCursor();
      }
      return new Position(at, id);
    }

    String text() {
      return createdAt.toEpochMilli() + ":" + id;
    }
  }
}
