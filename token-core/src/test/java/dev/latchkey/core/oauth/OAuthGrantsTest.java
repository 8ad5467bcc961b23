package dev.latchkey.core.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.administer.Actor;
import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.administer.Created;
import dev.latchkey.core.administer.PageRequest;
import dev.latchkey.core.administer.ThirdPartyDraft;
import dev.latchkey.core.administer.ThirdPartyView;
import dev.latchkey.core.administer.TokenCounts;
import dev.latchkey.core.administer.TokenOrigin;
import dev.latchkey.core.administer.TokenView;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import dev.latchkey.core.token.TokenStatus;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The grants on a database, with a clock that is moved. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OAuthGrantsTest {

  private static final Actor ADMIN = new Actor("ada", "127.0.0.1", true);
  private static final String FROM = "192.0.2.7";
  private static final String CALLBACK = "https://client.example/callback";
  private static final String VERIFIER = "v".repeat(43);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int THREADS = 50;

  private final MovedClock clock = new MovedClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final Administration administration;
  private final OAuthGrants grants;
  private ThirdPartyView party;
  private String secret;
  private Client client;
  private int codes;
  private int clients;

  OAuthGrantsTest() {
    Settings settings = Server.H2.settings();
    administration =
        Administration.open(
            settings,
            ServerDataSource.lookedUp(settings),
            clock,
            new SecureRandom(),
            List.of(AuthorizationCode.class));
    grants = new OAuthGrants(administration.commands(), administration.issuer(), HOUR);
  }

  @BeforeEach
  void register() {
    Created<ThirdPartyView> created = registers();
    party = created.resource();
    secret = Objects.requireNonNull(created.secret());
    client = grants.authenticate(party.id(), secret, FROM).orElseThrow();
  }

  private Created<ThirdPartyView> registers() {
    return administration
        .thirdParties()
        .create(
            ADMIN,
            new ThirdPartyDraft(
                "Client " + clients++,
                Authorization.AUTOMATIC,
                CALLBACK,
                null,
                null,
                List.of("a", "b"),
                List.of(),
                true),
            null);
  }

  @AfterAll
  void close() {
    assertThat(administration.audit().verify(null).firstBroken()).isNull();
    administration.close();
  }

  @Test
  @DisplayName("B6 the clock: a code works in its last millisecond, and not in the next one")
  void endsExactly() {
    String inTime = approved();
    String late = approved();

    clock.pass(OAuthGrants.CODE_LIFETIME.minusMillis(1));
    assertThat(exchanged(inTime)).isPresent();
    clock.pass(Duration.ofMillis(1));
    assertThat(exchanged(late)).isEmpty();
  }

  @Test
  @DisplayName("B6 of 50 threads with one code one gets a token")
  void givesOneToken() throws Exception {
    String code = approved();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier together = new CyclicBarrier(THREADS);
      Callable<Optional<IssuedToken>> exchange =
          () -> {
            together.await();
            return exchanged(code);
          };
      List<Future<Optional<IssuedToken>>> results = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        results.add(threads.submit(exchange));
      }
      int given = 0;
      for (Future<Optional<IssuedToken>> result : results) {
        given += result.get().isPresent() ? 1 : 0;
      }
      assertThat(given).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(tokens())
        .singleElement()
        .satisfies(token -> assertThat(token.status()).isEqualTo(TokenStatus.DEACTIVATED));
  }

  @Test
  @DisplayName("B6 a second use refuses and revokes what the first one gave")
  void revokesWhatAReplayedCodeGave() {
    String code = approved();
    String token = exchanged(code).orElseThrow().token();
    assertThat(grants.introspect(token)).isPresent();

    assertThat(exchanged(code)).isEmpty();

    assertThat(grants.introspect(token)).isEmpty();
  }

  @Test
  @DisplayName("B6 a code is bound to its client: another one neither uses it nor uses it up")
  void isBoundToItsClient() {
    String code = approved();
    Created<ThirdPartyView> created = registers();
    Client another =
        grants
            .authenticate(created.resource().id(), Objects.requireNonNull(created.secret()), FROM)
            .orElseThrow();

    assertThatThrownBy(() -> grants.byCode(another, code, null, VERIFIER, FROM))
        .isInstanceOf(OAuthRefusedException.class);

    assertThat(exchanged(code)).isPresent();
  }

  @Test
  @DisplayName("B6 a code is bound to its challenge, and a wrong verifier uses it up")
  void isBoundToItsChallenge() {
    String code = approved();

    assertThat(exchanged(code, null, "w".repeat(43))).isEmpty();
    assertThat(exchanged(code)).isEmpty();
    assertThat(tokens()).isEmpty();
  }

  @ParameterizedTest(name = "requested {0}, named {1}: {2}")
  @CsvSource({
    "true, https://client.example/callback, true",
    "true, https://client.example/callback/, false",
    "true, , false",
    "false, , true",
    "false, https://client.example/callback, true",
    "false, https://evil.example/, false"
  })
  @DisplayName("B6 a code is bound to its redirect URI")
  void isBoundToItsRedirectUri(boolean requested, @Nullable String named, boolean good) {
    String code = approved(requested);

    assertThat(exchanged(code, named, VERIFIER).isPresent()).isEqualTo(good);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 42, 129, 4000})
  @DisplayName("B6 a verifier has 43 to 128 characters (RFC 7636 §4.1); another uses no code up")
  void refusesVerifiersOfOtherLengths(int length) {
    String code = approved();

    assertThatThrownBy(() -> grants.byCode(client, code, null, "v".repeat(length), FROM))
        .isInstanceOfSatisfying(
            OAuthRefusedException.class,
            refused -> assertThat(refused.error()).isEqualTo(OAuthError.INVALID_REQUEST));
    assertThat(exchanged(code)).isPresent();
  }

  @Test
  @DisplayName("B6 the longest verifier works, with all the characters that there are")
  void takesTheLongestVerifier() {
    String verifier = "-._~" + "Az09".repeat(31);
    String code = approved(false, verifier);

    assertThat(exchanged(code, null, verifier)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "+", "/", "=", "é", "\u0000", "\n"})
  @DisplayName("B6 a verifier has unreserved characters only")
  void refusesOtherCharacters(String character) {
    assertThat(ProofKey.isVerifier("v".repeat(50) + character)).isFalse();
    assertThat(ProofKey.isChallenge("v".repeat(42) + character)).isFalse();
  }

  /** What an admin does between the code and the token. */
  private enum Meanwhile {
    DISABLES,
    DELETES,
    SWITCHES_TO_MANUAL
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.EnumSource(Meanwhile.class)
  @DisplayName("B6 what an admin does between code and token counts")
  void seesWhatHappensBetweenCodeAndToken(Meanwhile meanwhile) {
    String code = approved();

    switch (meanwhile) {
      case DISABLES -> changes(draft -> with(draft, draft.authorization(), draft.scopes(), false));
      case DELETES -> {
        changes(draft -> with(draft, draft.authorization(), draft.scopes(), false));
        administration.thirdParties().delete(ADMIN, party.id(), null);
      }
      case SWITCHES_TO_MANUAL ->
          changes(draft -> with(draft, Authorization.MANUAL, draft.scopes(), true));
    }

    // With the client as it was when its secret was checked: the change may come even later.
    assertThat(exchanged(code)).isEmpty();
  }

  @Test
  @DisplayName("B4 a scope that is taken away between code and token is not in the token")
  void narrowsToTheScopesOfNow() {
    String code = approved();
    changes(draft -> with(draft, draft.authorization(), List.of("b", "c"), true));

    assertThat(exchanged(code).orElseThrow().scopes()).containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "a ",
        " a",
        "a  b",
        "a\tb",
        "a\nb",
        "\"a\"",
        "a\\b",
        "é",
        "c",
        "A",
        "latchkey:admin",
        "latchkey:introspect"
      })
  @DisplayName("B4 a scope that is malformed or not the client's is invalid_scope")
  void refusesOtherScopes(String scope) {
    assertThatThrownBy(() -> grants.byClientCredentials(client, scope, null))
        .isInstanceOfSatisfying(
            OAuthRefusedException.class,
            refused -> assertThat(refused.error()).isEqualTo(OAuthError.INVALID_SCOPE));
    assertThat(tokens()).isEmpty();
  }

  @Test
  @DisplayName("B4 a scope that is asked for twice counts once")
  void takesAScopeTwice() {
    assertThat(grants.byClientCredentials(client, "a a", null).scopes()).containsExactly("a");
  }

  @Test
  @DisplayName("B2 two secrets work during a rotation, each until its own end")
  void takesBothSecretsOfARotation() {
    String next =
        Objects.requireNonNull(
            administration
                .thirdParties()
                .rotateClientSecret(ADMIN, party.id(), HOUR, null)
                .secret());

    assertThat(grants.authenticate(party.id(), secret, FROM)).isPresent();
    assertThat(grants.authenticate(party.id(), next, FROM)).isPresent();
    clock.pass(HOUR);
    assertThat(grants.authenticate(party.id(), secret, FROM)).isEmpty();
    assertThat(grants.authenticate(party.id(), next, FROM)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-", "x", "AAAAAAAAAAAA", "é", "\u0000", "%", "' or ''='"})
  @DisplayName("B2 a client id is any text")
  void takesAnyTextAsClientId(String id) {
    assertThat(grants.authenticate(id, secret, FROM)).isEmpty();
    assertThat(grants.isClient(id)).isFalse();
    assertThat(grants.lastFailures(id)).isEmpty();
  }

  @Test
  @DisplayName("18.4 an admin is told why a client could not be authenticated")
  void remembersFailures() {
    grants.authenticate(party.id(), "wrong", FROM);
    changes(draft -> with(draft, draft.authorization(), draft.scopes(), false));
    grants.authenticate(party.id(), secret, FROM);

    assertThat(grants.lastFailures(party.id()))
        .containsExactly(
            new ClientFailure(ClientFailure.Reason.DISABLED, clock.instant(), FROM, 1),
            new ClientFailure(ClientFailure.Reason.WRONG_SECRET, clock.instant(), FROM, 1));
  }

  @Test
  @DisplayName("18.4 tokens are listed and counted by who has made them")
  void tellsOriginsApart() {
    grants.byClientCredentials(client, null, null);
    clock.pass(HOUR);
    grants.byClientCredentials(client, null, null);
    exchanged(approved());

    assertThat(administration.tokens().counts(party.id()))
        .containsExactly(
            new TokenCounts(TokenOrigin.ADMIN, 0, 0),
            new TokenCounts(TokenOrigin.CLIENT_CREDENTIALS, 2, 1),
            new TokenCounts(TokenOrigin.AUTHORIZATION_CODE, 1, 1));
    for (TokenOrigin origin : TokenOrigin.values()) {
      assertThat(
              administration
                  .tokens()
                  .list(party.id(), null, origin, new PageRequest(50, null))
                  .items())
          .allSatisfy(row -> assertThat(row.createdBy()).isEqualTo(origin.createdBy()));
    }
  }

  private String approved() {
    return approved(false);
  }

  private String approved(boolean redirectUriGiven) {
    return approved(redirectUriGiven, VERIFIER);
  }

  private String approved(boolean redirectUriGiven, String verifier) {
    String code = "code%08d.%s".formatted(codes++, "s".repeat(43));
    grants.approve(
        ADMIN,
        new AuthorizationRequest(
            client,
            CALLBACK,
            redirectUriGiven,
            java.util.Collections.unmodifiableSortedSet(new TreeSet<>(client.scopes())),
            challenge(verifier)),
        code);
    return code;
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException everyJavaPlatformHasIt) {
      throw new AssertionError(everyJavaPlatformHasIt);
    }
  }

  private Optional<IssuedToken> exchanged(String code) {
    return exchanged(code, null, VERIFIER);
  }

  /** Empty for {@code invalid_grant}. */
  private Optional<IssuedToken> exchanged(
      String code, @Nullable String redirectUri, String verifier) {
    try {
      return Optional.of(grants.byCode(client, code, redirectUri, verifier, FROM));
    } catch (OAuthRefusedException refused) {
      assertThat(refused.error()).isEqualTo(OAuthError.INVALID_GRANT);
      return Optional.empty();
    }
  }

  private List<TokenView> tokens() {
    return administration.tokens().list(party.id(), null, new PageRequest(50, null)).items();
  }

  private void changes(UnaryOperator<ThirdPartyDraft> change) {
    administration.thirdParties().change(ADMIN, party.id(), null, change);
  }

  private static ThirdPartyDraft with(
      ThirdPartyDraft draft, Authorization authorization, List<String> scopes, boolean enabled) {
    return new ThirdPartyDraft(
        draft.name(),
        authorization,
        draft.callbackUrl(),
        draft.contactName(),
        draft.contactEmail(),
        scopes,
        draft.allowedNetworks(),
        enabled);
  }
}
