package dev.latchkey.core.oauth;

import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Command;
import dev.latchkey.core.administer.Commands;
import dev.latchkey.core.administer.GrantRule;
import dev.latchkey.core.administer.TokenIssuer;
import dev.latchkey.core.administer.TokenOrigin;
import dev.latchkey.core.feed.Change;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.Scopes;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.token.TokenStatus;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What OAuth clients can ask for (RFC 6749, 7009, 7662): tokens, introspection, revocation.
 * Thread-safe.
 */
public final class OAuthGrants {

  /** How long an authorization code can be used (RFC 6749 §4.1.2 allows ten minutes). */
  public static final Duration CODE_LIFETIME = Duration.ofSeconds(60);

  /** The scope that lets a third party ask about tokens. */
  public static final String INTROSPECT = "latchkey:introspect";

  private static final String SCHEME = "Bearer ";
  private static final Duration KEPT_AFTER_END = Duration.ofDays(1);
  private static final int CODE_ID_LENGTH = 12;
  private static final int LONGEST_CODE = 100;

  private final Commands commands;
  private final TokenIssuer issuer;
  private final Duration lifetime;
  private final ClientFailures failures = new ClientFailures();

  /**
   * The grants in the database of these commands.
   *
   * @param lifetime of a token by client credentials
   */
  public OAuthGrants(Commands commands, TokenIssuer issuer, Duration lifetime) {
    this.commands = commands;
    this.issuer = issuer;
    this.lifetime = lifetime;
  }

  /**
   * The client that these credentials are of (RFC 6749 §2.3.1).
   *
   * @param address where the request comes from
   * @return empty when they are not right, whatever the reason
   */
  public Optional<Client> authenticate(String id, String secret, String address) {
    Instant now = commands.now();
    Clients.Authentication attempt =
        commands.read(em -> Clients.authenticated(em, id, secret, address, now));
    if (attempt.failure() != null) {
      failures.add(id, attempt.failure(), address, now);
    }
    return Optional.ofNullable(attempt.client());
  }

  /**
   * The last failed authentications of a client, newest first, as this node has seen them.
   *
   * @param id a Client ID
   */
  public List<ClientFailure> lastFailures(String id) {
    return failures.of(id);
  }

  /** Whether a third party with this Client ID exists. */
  public boolean isClient(String id) {
    return commands.read(em -> Clients.found(em, id) != null);
  }

  /**
   * Issues a token by client credentials (RFC 6749 §4.4).
   *
   * @param wanted the scopes that are asked for; null for all that the client has
   * @param certificate the client certificate of the request, which the token is bound to (RFC 8705
   *     §3); null for none
   * @throws OAuthRefusedException when the client may not fetch tokens, or not with these scopes
   */
  public IssuedToken byClientCredentials(
      Client client, @Nullable String wanted, @Nullable CertificateThumbprint certificate) {
    refuseManual(client);
    SortedSet<String> scopes = scopes(client, wanted);
    return commands.carryOut(
        actor(client, ""),
        command -> {
          requireUnchanged(command.em(), client, scopes);
          Instant end = command.now().plus(lifetime).truncatedTo(ChronoUnit.MILLIS);
          // No event and no change: nothing that was answered before is made old by a new token,
          // and a busy client fetches thousands.
          TokenIssuer.Issued issued =
              issuer.issue(
                  command.em(),
                  client.id(),
                  null,
                  scopes,
                  command.now(),
                  TokenOrigin.CLIENT_CREDENTIALS.createdBy(),
                  end,
                  end.plus(KEPT_AFTER_END),
                  certificate);
          return new IssuedToken(issued.token(), lifetime, scopes);
        });
  }

  /**
   * The client of an authorization request.
   *
   * @return empty when it is unknown or disabled, or has no redirect URI
   */
  public Optional<Client> clientOf(String clientId) {
    return commands.read(
        em ->
            Optional.ofNullable(Clients.found(em, clientId))
                .filter(ThirdParty::enabled)
                .map(Client::of)
                .filter(client -> client.callbackUrl() != null));
  }

  /**
   * Whether a request of a client may name this redirect URI (RFC 9700 §2.1, RFC 8252 §7.3).
   *
   * @param asked as the request named it
   */
  public static boolean mayRedirectTo(Client client, String asked) {
    return client.callbackUrl() != null && RedirectUris.matches(client.callbackUrl(), asked);
  }

  /**
   * The scopes of a request (RFC 6749 §3.3); all that the client has when it names none.
   *
   * @throws OAuthRefusedException {@code invalid_scope} when it names one that the client has not
   */
  public static SortedSet<String> scopes(Client client, @Nullable String wanted) {
    if (wanted == null) {
      return client.scopes();
    }
    SortedSet<String> scopes = new TreeSet<>(List.of(wanted.split(" ", -1)));
    if (!scopes.stream().allMatch(Scopes::valid)) {
      throw new OAuthRefusedException(
          OAuthError.INVALID_SCOPE, "scope takes scope tokens separated by single spaces.");
    }
    if (!client.scopes().containsAll(scopes)) {
      throw new OAuthRefusedException(
          OAuthError.INVALID_SCOPE, "The client does not have all of these scopes.");
    }
    return java.util.Collections.unmodifiableSortedSet(scopes);
  }

  /**
   * Refuses a client whose tokens are handed over by an admin.
   *
   * @throws OAuthRefusedException {@code unauthorized_client}
   */
  public static void refuseManual(Client client) {
    if (!client.automatic()) {
      throw new OAuthRefusedException(
          OAuthError.UNAUTHORIZED_CLIENT,
          "Tokens of this client are handed over by an admin (manual authorization).");
    }
  }

  /**
   * Approves a request: makes its authorization code.
   *
   * @param code what the client is given, as {@code <12 characters>.<secret>}; the same code twice
   *     makes one code
   * @throws dev.latchkey.core.administer.NotAllowedException when the actor may not grant a scope
   * @throws OAuthRefusedException when the client may not get it any more
   */
  public void approve(Actor actor, AuthorizationRequest request, String code) {
    String id = idOf(code).orElseThrow(IllegalArgumentException::new);
    Client client = request.client();
    refuseManual(client);
    commands.<Boolean>carryOut(
        actor,
        command -> {
          EntityManager em = command.em();
          if (em.find(AuthorizationCode.class, id) != null) {
            return false;
          }
          GrantRule.check(actor, request.scopes());
          requireUnchanged(em, client, request.scopes());
          em.createQuery("delete from AuthorizationCode c where c.expiresAt < :end")
              .setParameter("end", command.now().minus(KEPT_AFTER_END))
              .executeUpdate();
          em.persist(
              new AuthorizationCode(
                  id,
                  TokenHash.of(code),
                  request,
                  request.scopes(),
                  actor.name(),
                  command.now(),
                  command.now().plus(CODE_LIFETIME)));
          command.did(
              "authorization.approve",
              client.id(),
              null,
              Map.of("scopes", request.scopes(), "redirectUri", request.redirectUri()));
          em.flush();
          return true;
        });
  }

  /** Notes that somebody refused a request. */
  public void refuse(Actor actor, AuthorizationRequest request) {
    commands.<Boolean>carryOut(
        actor,
        command -> {
          command.did(
              "authorization.refuse",
              request.client().id(),
              null,
              Map.of("scopes", request.scopes(), "redirectUri", request.redirectUri()));
          return true;
        });
  }

  /**
   * Issues a token for an authorization code (RFC 6749 §4.1.3). A code that was used before is
   * refused, and the token that it gave is deactivated (RFC 6749 §4.1.2).
   *
   * @param redirectUri null when the request names none
   * @param verifier the {@code code_verifier} (RFC 7636 §4.5)
   * @param address where the request comes from
   * @throws OAuthRefusedException when the client may not fetch tokens, or the code is not good
   */
  public IssuedToken byCode(
      Client client, String code, @Nullable String redirectUri, String verifier, String address) {
    refuseManual(client);
    if (!ProofKey.isVerifier(verifier)) {
      throw new OAuthRefusedException(
          OAuthError.INVALID_REQUEST,
          "code_verifier takes 43 to 128 characters of A-Z, a-z, 0-9, -, ., _ and ~.");
    }
    return commands
        .<Optional<IssuedToken>>carryOut(
            actor(client, address),
            command -> exchanged(command, client, code, redirectUri, verifier))
        .orElseThrow(
            () ->
                new OAuthRefusedException(
                    OAuthError.INVALID_GRANT, "The authorization code is not good."));
  }

  private Optional<IssuedToken> exchanged(
      Command command, Client client, String code, @Nullable String redirectUri, String verifier) {
    EntityManager em = command.em();
    Optional<AuthorizationCode> known =
        idOf(code)
            .map(id -> em.find(AuthorizationCode.class, id, LockModeType.PESSIMISTIC_WRITE))
            .filter(row -> row.isOf(code) && row.thirdPartyId().equals(client.id()));
    if (known.isEmpty()) {
      return Optional.empty();
    }
    AuthorizationCode row = known.get();
    // It may have waited for the lock, and another request have used it meanwhile.
    em.refresh(row);
    if (row.used()) {
      revokeGivenBy(command, row);
      return Optional.empty();
    }
    ThirdParty party = Clients.found(em, client.id());
    if (row.expired(command.now())
        || !sameRedirect(row.redirectUri(), redirectUri, client)
        || !ProofKey.matches(verifier, row.codeChallenge())
        || party == null
        || !party.enabled()
        || !Client.of(party).automatic()) {
      // A wrong guess must not be followed by another one.
      row.use(command.now(), null);
      return Optional.empty();
    }
    SortedSet<String> scopes = Scopes.both(row.scopes(), party.scopes());
    // Bound to no certificate: this token does not expire, and certificates do.
    TokenIssuer.Issued issued =
        issuer.issue(
            em,
            client.id(),
            null,
            scopes,
            command.now(),
            TokenOrigin.AUTHORIZATION_CODE.createdBy(),
            null,
            null,
            null);
    issued.row().approvedBy(row.approvedBy());
    row.use(command.now(), issued.row().id());
    Map<String, @Nullable Object> detail = new LinkedHashMap<>();
    detail.put("hint", issued.row().hint());
    detail.put("scopes", scopes);
    detail.put("approvedBy", row.approvedBy());
    command.did("token.create", client.id(), issued.row().id(), detail);
    return Optional.of(new IssuedToken(issued.token(), null, scopes));
  }

  // RFC 6749 §4.1.3. The answer to a request that named none went to the registered one.
  private static boolean sameRedirect(
      @Nullable String requested, @Nullable String named, Client client) {
    return requested == null
        ? named == null || named.equals(client.callbackUrl())
        : requested.equals(named);
  }

  private static void revokeGivenBy(Command command, AuthorizationCode row) {
    String given = row.tokenId();
    AccessToken token = given == null ? null : command.em().find(AccessToken.class, given);
    if (token != null && token.deactivatedAt() == null) {
      token.deactivate(command.now());
      command.changed(Change.ofToken(token.id()));
      command.did(
          "token.deactivate",
          token.thirdPartyId(),
          token.id(),
          Map.of("hint", token.hint(), "reason", "its authorization code was used twice"));
    }
  }

  /**
   * What is known of a token, read from the database (RFC 7662 §2.2).
   *
   * @param text whatever was sent
   * @return empty when it is not active
   */
  public Optional<Introspection> introspect(String text) {
    Instant now = commands.now();
    return commands.read(
        em -> {
          AccessToken token = found(em, text);
          if (token == null) {
            return Optional.empty();
          }
          ThirdParty party = em.find(ThirdParty.class, token.thirdPartyId());
          return party == null || token.status(now, party.enabled()) != TokenStatus.ACTIVE
              ? Optional.empty()
              : Optional.of(
                  new Introspection(
                      token.id(),
                      party.id(),
                      party.name(),
                      Scopes.both(token.scopes(), party.scopes()),
                      token.createdAt(),
                      token.expiresAt(),
                      token.certificate()));
        });
  }

  /**
   * Deactivates a token of the client (RFC 7009 §2.1). A token that is unknown, not active or
   * another client's is left alone.
   */
  public void revoke(Client client, String text, String address) {
    commands.<Boolean>carryOut(
        actor(client, address),
        command -> {
          AccessToken token = found(command.em(), text);
          if (token == null
              || !token.thirdPartyId().equals(client.id())
              || token.deactivatedAt() != null) {
            return false;
          }
          token.deactivate(command.now());
          command.changed(Change.ofToken(token.id()));
          command.did(
              "token.deactivate",
              client.id(),
              token.id(),
              Map.of("hint", token.hint(), "reason", "revoked by the third party"));
          return true;
        });
  }

  /**
   * Deactivates for ever those of these texts that are tokens of this installation.
   *
   * @param address where the report comes from
   * @return how many were deactivated
   */
  public int reportLeaked(Collection<String> texts, String address) {
    return commands.carryOut(
        new Actor("(anybody)", address),
        command -> {
          int deactivated = 0;
          TagKeys keys = TagKeyRow.stored(command.em()).orElse(null);
          for (BearerToken reported : generatedHere(texts, keys)) {
            AccessToken token = found(command.em(), reported);
            if (token != null && token.reportedLeakedAt() == null) {
              token.reportLeaked(command.now());
              command.changed(Change.ofToken(token.id()));
              command.did(
                  "token.report-leaked",
                  token.thirdPartyId(),
                  token.id(),
                  Map.of("hint", token.hint()));
              deactivated++;
            }
          }
          return deactivated;
        });
  }

  // Foreign ones never reach the database. Who reports a token may have copied what stands around
  // it.
  private static Set<BearerToken> generatedHere(Collection<String> texts, @Nullable TagKeys keys) {
    Set<BearerToken> generated = new LinkedHashSet<>();
    for (String text : new TreeSet<>(texts)) {
      String token = text.strip();
      if (token.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
        token = token.substring(SCHEME.length()).strip();
      }
      BearerToken.parse(token)
          .filter(each -> TokenFormat.idOf(each) != TokenFormat.NOT_OURS)
          .filter(each -> keys != null && TokenFormat.tagged(each, keys))
          .ifPresent(generated::add);
    }
    return generated;
  }

  private static @Nullable AccessToken found(EntityManager em, String text) {
    return BearerToken.parse(text).map(token -> found(em, token)).orElse(null);
  }

  private static @Nullable AccessToken found(EntityManager em, BearerToken token) {
    long id = TokenFormat.idOf(token);
    if (id == TokenFormat.NOT_OURS) {
      return null;
    }
    AccessToken row = em.find(AccessToken.class, TokenFormat.idText(id));
    return row != null && row.hash().equals(token.hash()) ? row : null;
  }

  // Between the check of the credentials and the transaction an admin may have changed it.
  private static void requireUnchanged(EntityManager em, Client client, Collection<String> scopes) {
    ThirdParty party = Clients.found(em, client.id());
    if (party == null || !party.enabled()) {
      throw new OAuthRefusedException(OAuthError.INVALID_CLIENT, "Client authentication failed.");
    }
    Client now = Client.of(party);
    refuseManual(now);
    if (!now.scopes().containsAll(scopes)) {
      throw new OAuthRefusedException(
          OAuthError.INVALID_SCOPE, "The client does not have all of these scopes.");
    }
  }

  private static Actor actor(Client client, String address) {
    return new Actor("third-party:" + client.id(), address);
  }

  private static Optional<String> idOf(String code) {
    boolean ours =
        code.length() > CODE_ID_LENGTH + 1
            && code.length() <= LONGEST_CODE
            && code.charAt(CODE_ID_LENGTH) == '.'
            && code.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return ours ? Optional.of(code.substring(0, CODE_ID_LENGTH)) : Optional.empty();
  }
}
