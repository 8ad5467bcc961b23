package dev.latchkey.core.administer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import dev.latchkey.core.token.CertificateThumbprint;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.token.TokenStatus;
import jakarta.persistence.EntityManager;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Server.class)
class AdministrationTest {

  private static final Instant LATE_AUGUST = Instant.parse("2026-08-31T10:00:00.123Z");
  private static final Actor ADMIN = new Actor("admin", "127.0.0.1", true);
  private static final PageRequest ALL = new PageRequest(200, null);

  private final MovedClock clock = new MovedClock(LATE_AUGUST);
  private final AtomicInteger wakes = new AtomicInteger();
  private final Administration administration;
  private final ThirdPartyAdministration thirdParties;
  private final TokenAdministration tokens;

  AdministrationTest(Server server) {
    Settings settings = server.settings();
    administration =
        Administration.open(
            settings, ServerDataSource.lookedUp(settings), clock, new SecureRandom(), List.of());
    administration.onChange(wakes::incrementAndGet);
    thirdParties = administration.thirdParties();
    tokens = administration.tokens();
  }

  @AfterEach
  void close() {
    assertThat(administration.audit().verify(null).firstBroken()).isNull();
    administration.close();
  }

  @Test
  @DisplayName("the default lifetime is six calendar months in UTC: 31 August ends in February")
  void defaultLifetime() {
    TokenView token = issue(register("Express")).resource();
    assertThat(token.expiresAt()).isEqualTo("2027-02-28T10:00:00.123Z");
    assertThat(token.status()).isEqualTo(TokenStatus.ACTIVE);
    assertThat(token.createdBy()).isEqualTo("admin");
    assertThat(token.createdAt()).isEqualTo(LATE_AUGUST);
  }

  // issue 15.13
  @Test
  void refusesANameThatLooksLikeAnother() {
    register("Acme Bank");
    for (String name : List.of("acme\u00a0bank", "Ac\u200dme Bank", "Acme\u3164 Bank")) {
      assertThatThrownBy(() -> register(name)).isInstanceOf(ConflictException.class);
    }
    assertThat(register("Acme Banks")).isNotNull();
    assertThat(named("ACME\u00a0BANK")).containsExactly("Acme Bank", "Acme Banks");
    assertThat(named("\u200d\u3164")).containsExactly("Acme Bank", "Acme Banks");
  }

  // issue 15.13
  @Test
  void refusesANameOrLabelOfWhichNothingIsVisible() {
    String id = register("Visible");
    for (String nothing : List.of("\u3164", "\u200d", "\u2800", "\ufe0f\u115f")) {
      assertThatThrownBy(() -> register(nothing)).isInstanceOf(InvalidInputException.class);
      TokenDraft labelled = new TokenDraft(nothing, null, null, null);
      assertThatThrownBy(() -> tokens.create(ADMIN, id, labelled, null))
          .isInstanceOf(InvalidInputException.class);
    }
  }

  // issue 15.13
  @Test
  void recomputesTheKeysOfAnOlderVersionOnceAndLosesNoThirdParty() {
    String first = register("Acme Bank");
    clock.pass(Duration.ofSeconds(1));
    String second = register("Acme Banc");
    String third = register("Other");
    administration
        .database()
        .<Boolean>transact(
            em -> {
              write(em, "update third_party set name = 'Acme\u200d Bank' where id = ?1", second);
              write(em, "update third_party set name_key = 'old' where id = ?1", third);
              write(em, "update schema_info set name_keys = 0 where ?1 is not null", "");
              return true;
            });

    for (int i = 0; i < 2; i++) {
      NameKeys.renew(administration.database());
    }

    assertThat(named("acme bank")).containsExactly("Acme Bank", "Acme\u200d Bank");
    assertThat(named("other")).containsExactly("Other");
    assertThat(thirdParties.change(ADMIN, second, null, AdministrationTest::disabled).enabled())
        .isFalse();
    assertThat(thirdParties.get(first).enabled()).isTrue();
  }

  private static void write(EntityManager em, String statement, String parameter) {
    em.createNativeQuery(statement).setParameter(1, parameter).executeUpdate();
  }

  private static ThirdPartyDraft disabled(ThirdPartyDraft was) {
    return new ThirdPartyDraft(
        was.name(),
        was.authorization(),
        was.callbackUrl(),
        was.contactName(),
        was.contactEmail(),
        was.scopes(),
        was.allowedNetworks(),
        false);
  }

  private List<String> named(String prefix) {
    return thirdParties.list(new ThirdPartyFilter(prefix, null, null), ALL).items().stream()
        .map(ThirdPartyView::name)
        .toList();
  }

  // issue 15.4
  @Test
  void aThirdPartyWhoseStoredNetworksDoNotParseCanBeDisabledAndMended() {
    String id = register("Networks");
    administration
        .database()
        .<Boolean>transact(
            em -> {
              write(
                  em,
                  "update third_party set allowed_networks = '::%a 0.0.0.0/0' where id = ?1",
                  id);
              return true;
            });
    assertThat(thirdParties.get(id).allowedNetworks()).containsExactly("::%a 0.0.0.0/0");
    assertThat(thirdParties.change(ADMIN, id, null, AdministrationTest::disabled).enabled())
        .isFalse();
    ThirdPartyView mended =
        thirdParties.change(
            ADMIN,
            id,
            null,
            was ->
                new ThirdPartyDraft(
                    was.name(),
                    was.authorization(),
                    null,
                    null,
                    null,
                    was.scopes(),
                    List.of("2001:DB8::0/32", "10.0.0.1"),
                    true));
    assertThat(mended.allowedNetworks()).containsExactly("2001:db8::/32", "10.0.0.1");
  }

  // issue 15.12
  @ParameterizedTest
  @ValueSource(
      strings = {
        "after:",
        "after:0",
        "after:-1",
        "after:+1",
        "after:01",
        "after:9223372036854775807",
        "after:99999999999999999999",
        "after:a\u0000",
        "after:999999999999999999:0000000001",
        "after:1000:00000\u00000001",
        "after:1000:",
        "after::",
        "before:1"
      })
  void refusesACursorThatItHasNotWritten(String text) {
    String id = register("Cursors");
    String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    PageRequest page = new PageRequest(1, cursor);
    assertThatThrownBy(() -> tokens.list(id, null, page)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> administration.audit().list(AuditFilter.ALL, page))
        .isInstanceOf(InvalidInputException.class);
  }

  // issue 15.12
  @ParameterizedTest
  @ValueSource(
      strings = {"YWZ0ZXI6", "YWZ0ZXI6YQA", "YWZ0ZXI6YR", "YWZ0ZXI6YQ==", "YmVmb3JlOmE", ""})
  void refusesACursorOfNamesThatItHasNotWritten(String cursor) {
    PageRequest page = new PageRequest(1, cursor);
    assertThatThrownBy(() -> thirdParties.list(ThirdPartyFilter.ALL, page))
        .isInstanceOf(InvalidInputException.class);
  }

  // issue 15.12
  @ParameterizedTest
  @ValueSource(
      strings = {
        "+294277-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "0000-12-31T23:59:59Z",
        "-0001-01-01T00:00:00Z",
        "+1000000000-12-31T23:59:59.999999999Z"
      })
  void refusesAnInstantThatNoDatabaseHolds(String instant) {
    Instant beyond = Instant.parse(instant);
    assertThatThrownBy(() -> new AuditFilter(null, null, beyond, null))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new AuditFilter(null, null, null, beyond))
        .isInstanceOf(InvalidInputException.class);
  }

  // issue 15.12
  @Test
  void takesTheFirstAndTheLastInstantThatADatabaseHolds() {
    register("Ages");
    AuditFilter ever =
        new AuditFilter(
            null,
            null,
            Instant.parse("0001-01-01T00:00:00Z"),
            Instant.parse("9999-12-31T23:59:59.999Z"));
    assertThat(administration.audit().list(ever, ALL).items()).isNotEmpty();
  }

  @Test
  @DisplayName("D1 only an admin issues or renews a token that gets into Latchkey itself")
  void handsOutScopesOfLatchkeyForAdminsOnly() {
    Actor admin = new Actor("admin", "127.0.0.1", true);
    Actor operator = new Actor("otto", "127.0.0.1");
    String id = register("Automation", "a", "latchkey:admin");
    TokenDraft all = new TokenDraft(null, null, null, null);
    String token = tokens.create(admin, id, all, null).resource().id();

    for (TokenDraft draft :
        List.of(all, new TokenDraft(null, null, null, List.of("latchkey:admin")))) {
      assertThatThrownBy(() -> tokens.create(operator, id, draft, null))
          .isInstanceOf(NotAllowedException.class);
    }
    assertThatThrownBy(() -> tokens.renew(operator, id, token, Duration.ZERO, null, null))
        .isInstanceOf(NotAllowedException.class);
    assertThat(tokens.get(id, token).status()).isEqualTo(TokenStatus.ACTIVE);
    assertThat(tokens.list(id, null, ALL).items()).hasSize(1);

    TokenDraft harmless = new TokenDraft(null, null, null, List.of("a"));
    assertThat(tokens.create(operator, id, harmless, null).resource().scopes())
        .containsExactly("a");
    assertThat(tokens.renew(admin, id, token, Duration.ZERO, null, null).resource().scopes())
        .containsExactly("a", "latchkey:admin");
  }

  @Test
  void tokensOfAutomaticAuthorizationDoNotExpireUnlessAsked() {
    String id =
        thirdParties
            .create(
                ADMIN,
                new ThirdPartyDraft(
                    "Auto",
                    Authorization.AUTOMATIC,
                    "https://auto.example/cb",
                    null,
                    null,
                    List.of(),
                    List.of(),
                    true),
                null)
            .resource()
            .id();
    assertThat(issue(id).resource().expiresAt()).isNull();
    assertThat(
            tokens
                .create(ADMIN, id, new TokenDraft(null, Lifetime.parse("P1D"), null, null), null)
                .resource()
                .expiresAt())
        .isEqualTo(LATE_AUGUST.plus(Duration.ofDays(1)));
  }

  @Test
  void expiresToTheMillisecondInListsAsWell() {
    String id = register("Express");
    TokenView token =
        tokens
            .create(
                ADMIN, id, new TokenDraft("x", null, LATE_AUGUST.plusMillis(1), List.of()), null)
            .resource();
    assertThat(tokens.list(id, true, ALL).items()).extracting(TokenView::id).contains(token.id());
    clock.pass(Duration.ofMillis(1));
    assertThat(tokens.get(id, token.id()).status()).isEqualTo(TokenStatus.EXPIRED);
    assertThat(tokens.list(id, true, ALL).items()).isEmpty();
    assertThat(tokens.list(id, false, ALL).items()).hasSize(1);
    assertThat(thirdParties.get(id).activeTokens()).isZero();
  }

  @Test
  void switchedOffAndOnAgain() {
    String id = register("Express");
    String token = issue(id).resource().id();
    TokenView off = activate(id, token, false);
    assertThat(off.status()).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(off.deactivatedAt()).isEqualTo(LATE_AUGUST);
    assertThat(wakes).hasValue(1);
    assertThat(activate(id, token, false).version()).isEqualTo(off.version());
    assertThat(wakes).hasValue(1);
    assertThat(activate(id, token, true).active()).isTrue();
    assertThat(wakes).hasValue(2);
    assertThat(actions(id))
        .containsExactly(
            "token.activate", "token.deactivate", "token.create", "third-party.create");
  }

  @Test
  void anExpiredTokenIsNotSwitchedOn() {
    String id = register("Express");
    String token = issue(id).resource().id();
    activate(id, token, false);
    clock.set(Instant.parse("2027-02-28T10:00:00.123Z"));
    assertThatThrownBy(() -> activate(id, token, true)).isInstanceOf(ConflictException.class);
    assertThat(activate(id, token, false).status()).isEqualTo(TokenStatus.EXPIRED);
  }

  @Test
  void renewsWithAnOverlapThatTheOldTokensOwnEndBounds() {
    String id = register("Express", "a", "b");
    TokenView old =
        tokens
            .create(
                ADMIN,
                id,
                new TokenDraft("label", Lifetime.parse("P30D"), null, List.of("a")),
                null)
            .resource();
    Created<TokenView> renewed = tokens.renew(ADMIN, id, old.id(), Duration.ofDays(7), null, null);
    assertThat(renewed.secret()).isNotNull();
    assertThat(renewed.resource().label()).isEqualTo("label");
    assertThat(renewed.resource().scopes()).containsExactly("a");
    assertThat(renewed.resource().expiresAt()).isEqualTo("2027-02-28T10:00:00.123Z");
    TokenView ended = tokens.get(id, old.id());
    assertThat(ended.replacedBy()).isEqualTo(renewed.resource().id());
    assertThat(ended.expiresAt()).isEqualTo(LATE_AUGUST.plus(Duration.ofDays(7)));
    assertThat(ended.active()).isTrue();
    assertThat(wakes).hasValue(1);

    TokenView next =
        tokens
            .renew(ADMIN, id, renewed.resource().id(), Duration.ofDays(366), null, null)
            .resource();
    assertThat(tokens.get(id, renewed.resource().id()).expiresAt())
        .isEqualTo("2027-02-28T10:00:00.123Z");
    tokens.renew(ADMIN, id, next.id(), Duration.ZERO, Lifetime.parse("PT1H"), null);
    assertThat(tokens.get(id, next.id()).status()).isEqualTo(TokenStatus.EXPIRED);
  }

  @Test
  @DisplayName("a token is bound to a certificate when it is issued, and its successor as well")
  void bindsToACertificate() {
    CertificateThumbprint first = CertificateThumbprint.parse("ab".repeat(32));
    CertificateThumbprint second = CertificateThumbprint.parse("cd".repeat(32));
    String id = register("Express");
    Created<TokenView> bound =
        tokens.create(ADMIN, id, new TokenDraft(null, null, null, null, first), null);
    String token = bound.resource().id();
    assertThat(tokens.get(id, token).certificate()).isEqualTo(first);
    assertThat(lastDetail()).contains("\"certificate\":\"" + first + '"');

    AccessReport report =
        administration.accessCheck().ofToken(ADMIN, Objects.requireNonNull(bound.secret()));
    assertThat(report.works()).isTrue();
    assertThat(report.steps())
        .filteredOn(step -> step.check().equals("certificate"))
        .singleElement()
        .satisfies(step -> assertThat(step.detail()).endsWith(" " + first))
        .satisfies(step -> assertThat(step.passed()).isNull());

    String kept = renew(id, token, RenewedBinding.KEPT);
    assertThat(tokens.get(id, kept).certificate()).isEqualTo(first);
    assertThat(lastDetail())
        .contains("\"certificate\":\"" + first + '"')
        .doesNotContain("replacedCertificate");

    String changed = renew(id, kept, RenewedBinding.to(second));
    assertThat(tokens.get(id, changed).certificate()).isEqualTo(second);
    assertThat(lastDetail())
        .contains("\"certificate\":\"" + second + '"')
        .contains("\"replacedCertificate\":\"" + first + '"');

    String free = renew(id, changed, RenewedBinding.to(null));
    assertThat(tokens.get(id, free).certificate()).isNull();
    assertThat(lastDetail())
        .contains("\"replacedCertificate\":\"" + second + '"')
        .doesNotContain("\"certificate\"");
    assertThat(tokens.get(id, token).certificate()).isEqualTo(first);
    renew(id, free, RenewedBinding.KEPT);
    assertThat(lastDetail()).doesNotContain("ertificate");
  }

  private String renew(String thirdPartyId, String tokenId, RenewedBinding binding) {
    return tokens
        .renew(ADMIN, thirdPartyId, tokenId, Duration.ZERO, null, binding, null)
        .resource()
        .id();
  }

  private String lastDetail() {
    return administration
        .audit()
        .list(AuditFilter.ALL, new PageRequest(1, null))
        .items()
        .get(0)
        .detail();
  }

  @Test
  void renewsOnceAndNothingThatIsSwitchedOff() {
    String id = register("Express");
    String token = issue(id).resource().id();
    tokens.renew(ADMIN, id, token, Duration.ZERO, null, null);
    assertThatThrownBy(() -> tokens.renew(ADMIN, id, token, Duration.ZERO, null, null))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("renewed before");
    String off = issue(id).resource().id();
    activate(id, off, false);
    assertThatThrownBy(() -> tokens.renew(ADMIN, id, off, Duration.ZERO, null, null))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("switched off");
    assertThatThrownBy(() -> tokens.renew(ADMIN, id, off, Duration.ofDays(-1), null, null))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void disablingSwitchesAllTokensOffAndEnablingBringsThemBack() {
    String id = register("Express");
    String token = issue(id).resource().id();
    enable(id, false);
    assertThat(tokens.get(id, token).status()).isEqualTo(TokenStatus.THIRD_PARTY_DISABLED);
    assertThat(thirdParties.get(id).activeTokens()).isZero();
    assertThat(tokens.list(id, true, ALL).items()).isEmpty();
    enable(id, true);
    assertThat(tokens.get(id, token).active()).isTrue();
    assertThat(thirdParties.get(id).activeTokens()).isEqualTo(1);
    assertThat(actions(id)).startsWith("third-party.enable", "third-party.disable");
  }

  @Test
  @DisplayName("D1 a token is reached only through its own third party")
  void anothersTokenIsNotFound() {
    String token = issue(register("Express")).resource().id();
    String other = register("Other");
    assertThatThrownBy(() -> tokens.get(other, token)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> activate(other, token, false)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> tokens.renew(ADMIN, other, token, Duration.ZERO, null, null))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> issue("nobody")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void whatCanBeNoIdIsNotFound() {
    String id = register("Express");
    for (String odd : List.of("a\u0000b", "\ud800", "x".repeat(3000), "")) {
      assertThatThrownBy(() -> thirdParties.get(odd)).isInstanceOf(NotFoundException.class);
      assertThatThrownBy(() -> tokens.get(id, odd)).isInstanceOf(NotFoundException.class);
      assertThat(failed(administration.accessCheck().ofClient(ADMIN, odd)))
          .containsExactly("known");
    }
  }

  @Test
  void idsDifferInCase() {
    String id = register("Express");
    String token = issue(id).resource().id();
    String otherCase =
        token.equals(token.toLowerCase(java.util.Locale.ROOT))
            ? token.toUpperCase(java.util.Locale.ROOT)
            : token.toLowerCase(java.util.Locale.ROOT);
    assertThatThrownBy(() -> tokens.get(id, otherCase)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void deletesOnlyWhatIsDisabledAndKeepsTheAuditTrail() {
    String id = register("Express");
    issue(id);
    assertThatThrownBy(() -> thirdParties.delete(ADMIN, id, null))
        .isInstanceOf(ConflictException.class);
    enable(id, false);
    thirdParties.delete(ADMIN, id, null);
    assertThatThrownBy(() -> thirdParties.get(id)).isInstanceOf(NotFoundException.class);
    assertThat(actions(id)).startsWith("third-party.delete").contains("token.create");
    register("Express");
  }

  @Test
  void aNameIsTakenWhateverItsCase() {
    register("Express");
    assertThatThrownBy(() -> register("eXPRESS")).isInstanceOf(ConflictException.class);
    String other = register("Other");
    assertThatThrownBy(() -> change(other, draft -> named(draft, "EXPRESS")))
        .isInstanceOf(ConflictException.class);
    assertThat(change(other, draft -> named(draft, "OTHER")).name()).isEqualTo("OTHER");
  }

  @Test
  @DisplayName("eight at once with one name: one gets it, the others hear that it is taken")
  void aNameIsTakenOnce() throws Exception {
    List<Object> outcomes =
        atOnce(
            8,
            () -> {
              try {
                return register("Express");
              } catch (ConflictException taken) {
                return "taken";
              }
            });
    assertThat(outcomes.stream().filter("taken"::equals)).hasSize(7);
    assertThat(thirdParties.list(ThirdPartyFilter.ALL, ALL).items()).hasSize(1);
  }

  @Test
  @DisplayName("E4 a repeated request brings back what the first has created, without the secret")
  void repeatsNothing() throws Exception {
    String id = register("Express");
    IdempotencyKey key = new IdempotencyKey("k", TokenHash.of("request"));
    List<Created<TokenView>> answers =
        atOnce(8, () -> tokens.create(ADMIN, id, new TokenDraft(null, null, null, null), key));
    assertThat(answers.stream().map(answer -> answer.resource().id()).distinct()).hasSize(1);
    assertThat(answers.stream().map(Created::secret).filter(Objects::nonNull)).hasSize(1);
    assertThat(tokens.list(id, null, ALL).items()).hasSize(1);
    assertThatThrownBy(
            () ->
                tokens.create(
                    ADMIN,
                    id,
                    new TokenDraft(null, null, null, null),
                    new IdempotencyKey("k", TokenHash.of("another"))))
        .isInstanceOf(IdempotencyMismatchException.class);
    Actor another = new Actor("another", "127.0.0.1");
    assertThat(tokens.create(another, id, new TokenDraft(null, null, null, null), key).replayed())
        .isFalse();
  }

  @Test
  @DisplayName("D6 changes of eight admins at once are all in the chain")
  void theChainHoldsUnderConcurrency() throws Exception {
    String id = register("Express");
    atOnce(8, () -> Stream.generate(() -> issue(id)).limit(10).toList());
    assertThat(administration.audit().list(AuditFilter.ALL, ALL).items()).hasSize(81);
    assertThat(administration.audit().verify(null).firstBroken()).isNull();
  }

  @Test
  @DisplayName("D6 tampering with an event shows")
  void tamperingShows() {
    String id = register("Express");
    issue(id);
    execute("update audit_event set actor = 'nobody' where seq = 2");
    assertThat(administration.audit().verify(null).firstBroken()).isEqualTo(2L);
    execute("update audit_event set actor = 'admin' where seq = 2");
    assertThat(administration.audit().verify(null).firstBroken()).isNull();
    execute("update audit_head set seq = 3");
    assertThat(administration.audit().verify(null).firstBroken()).isEqualTo(3L);
    execute("update audit_head set seq = 2");
  }

  @Test
  void staleVersionsAreRefused() {
    String id = register("Express");
    long seen = thirdParties.get(id).version();
    enable(id, false);
    assertThatThrownBy(() -> thirdParties.change(ADMIN, id, seen, draft -> named(draft, "Late")))
        .isInstanceOf(StaleVersionException.class);
    assertThatThrownBy(() -> thirdParties.delete(ADMIN, id, seen))
        .isInstanceOf(StaleVersionException.class);
    String token = issue(id).resource().id();
    assertThatThrownBy(() -> tokens.change(ADMIN, id, token, 99L, new TokenPatch(false, null)))
        .isInstanceOf(StaleVersionException.class);
  }

  @Test
  void pagesGoThroughAllByName() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      names.add("party " + (char) ('g' - i));
      register("Party " + (char) ('g' - i));
    }
    names.sort(null);
    assertThat(everyPage(ThirdPartyFilter.ALL, 3))
        .extracting(view -> view.name().toLowerCase(java.util.Locale.ROOT))
        .containsExactlyElementsOf(names);
    String id = thirdParties.list(ThirdPartyFilter.ALL, ALL).items().get(0).id();
    for (int i = 0; i < 5; i++) {
      issue(id);
    }
    clock.pass(Duration.ofSeconds(1));
    String newest = issue(id).resource().id();
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      Page<TokenView> page = tokens.list(id, null, new PageRequest(2, cursor));
      page.items().forEach(token -> seen.add(token.id()));
      cursor = page.next();
    } while (cursor != null);
    assertThat(seen).hasSize(6).doesNotHaveDuplicates().startsWith(newest);
  }

  @Test
  void looksUpByPrefixWhateverTheCase() {
    Stream.of("Xpress", "XPR 2", "xq", "Xp", "Yx", "😀 smile", "😁 grin").forEach(this::register);
    assertThat(found("xpr")).containsExactly("XPR 2", "Xpress");
    assertThat(found("XP")).containsExactly("Xp", "XPR 2", "Xpress");
    assertThat(found("😀")).containsExactly("😀 smile");
    assertThat(found("%")).isEmpty();
    assertThat(found("_")).isEmpty();
  }

  @Test
  void filtersByEnabledAndByWhatExpiresSoon() {
    String soon = register("Soon");
    tokens.create(ADMIN, soon, new TokenDraft(null, Lifetime.parse("P10D"), null, null), null);
    issue(register("Later"));
    enable(register("Off"), false);
    assertThat(names(new ThirdPartyFilter(null, false, null))).containsExactly("Off");
    assertThat(names(new ThirdPartyFilter(null, null, Lifetime.parse("P30D"))))
        .containsExactly("Soon");
    assertThat(names(new ThirdPartyFilter(null, null, Lifetime.parse("P9D")))).isEmpty();
  }

  @Test
  void everyFieldThatIsNotAllowedIsNamed() {
    ThirdPartyDraft draft =
        new ThirdPartyDraft(
            "a\u0000b",
            Authorization.AUTOMATIC,
            "http://example.org",
            "x".repeat(201),
            "nobody",
            List.of("a b"),
            List.of("10.0.0.1/8"),
            true);
    assertThatThrownBy(() -> thirdParties.create(ADMIN, draft, null))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            invalid ->
                assertThat(invalid.errors())
                    .extracting(FieldError::field)
                    .containsExactlyInAnyOrder(
                        "name",
                        "callbackUrl",
                        "contactName",
                        "contactEmail",
                        "scopes",
                        "allowedNetworks"));
    String id = register("Express", "a");
    assertThatThrownBy(
            () ->
                tokens.create(
                    ADMIN,
                    id,
                    new TokenDraft(
                        "x".repeat(201), Lifetime.parse("P1D"), LATE_AUGUST, List.of("b")),
                    null))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            invalid ->
                assertThat(invalid.errors())
                    .extracting(FieldError::field)
                    .contains("label", "expiresAt", "scopes"));
    assertThat(tokens.list(id, null, ALL).items()).isEmpty();
  }

  @Test
  @DisplayName("C2, C5 no secret is anywhere in the database")
  void secretsAreNotStored() {
    Created<ThirdPartyView> party =
        thirdParties.create(ADMIN, draft("Express"), new IdempotencyKey("k", TokenHash.of("r")));
    String id = party.resource().id();
    String token = Objects.requireNonNull(issue(id).secret());
    String second =
        Objects.requireNonNull(
            thirdParties.rotateClientSecret(ADMIN, id, Duration.ofDays(1), null).secret());
    administration.accessCheck().ofToken(ADMIN, token);
    for (String table :
        List.of(
            "third_party",
            "client_secret",
            "access_token",
            "change_feed",
            "audit_event",
            "idempotency_key")) {
      List<?> rows =
          administration
              .database()
              .read(em -> em.createNativeQuery("select * from " + table).getResultList());
      for (Object row : rows) {
        String text = java.util.Arrays.deepToString((Object[]) row);
        assertThat(text)
            .doesNotContain(
                token.substring(14), Objects.requireNonNull(party.secret()).substring(4), second);
      }
    }
  }

  @Test
  void aRotatedClientSecretEndsAfterItsOverlap() {
    String id = register("Express");
    thirdParties.rotateClientSecret(ADMIN, id, Duration.ofDays(1), null);
    assertThat(secrets()).isEqualTo(2);
    thirdParties.rotateClientSecret(ADMIN, id, Duration.ZERO, null);
    assertThat(secrets()).isEqualTo(1);
  }

  @Test
  void explainsWhyAccessWorksOrNot() {
    String id = register("Express", "a");
    Created<TokenView> created = issue(id);
    String secret = Objects.requireNonNull(created.secret());
    AccessCheck check = administration.accessCheck();
    assertThat(check.ofToken(ADMIN, secret).works()).isTrue();
    assertThat(check.ofToken(ADMIN, "  " + secret + " ").works()).isTrue();
    assertThat(failed(check.ofToken(ADMIN, "hello"))).containsExactly("known");
    assertThat(failed(check.ofToken(ADMIN, secret.substring(0, 62) + "x")))
        .containsExactly("known");
    activate(id, created.resource().id(), false);
    enable(id, false);
    clock.set(Instant.parse("2030-01-01T00:00:00Z"));
    assertThat(failed(check.ofToken(ADMIN, secret))).containsExactly("enabled", "active", "expiry");
    assertThat(failed(check.ofClient(ADMIN, id))).containsExactly("enabled");
    assertThat(failed(check.ofClient(ADMIN, "nobody"))).containsExactly("known");
  }

  @Test
  void auditEventsAreFiltered() {
    String id = register("Express");
    clock.pass(Duration.ofMinutes(1));
    Actor ann = new Actor("ann\r\nroot", "10.0.0.1");
    thirdParties.change(ann, id, null, draft -> enabled(draft, false));
    AuditTrail audit = administration.audit();
    assertThat(audit.list(new AuditFilter(null, "ann??root", null, null), ALL).items())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.action()).isEqualTo("third-party.disable");
              assertThat(event.detail())
                  .isEqualTo("{\"before\":{\"enabled\":true},\"after\":{\"enabled\":false}}");
              assertThat(event.address()).isEqualTo("10.0.0.1");
            });
    Instant later = LATE_AUGUST.plusSeconds(60);
    assertThat(audit.list(new AuditFilter(null, null, later, null), ALL).items()).hasSize(1);
    assertThat(audit.list(new AuditFilter(null, null, null, later), ALL).items()).hasSize(1);
    assertThat(audit.list(new AuditFilter("other", null, null, null), ALL).items()).isEmpty();
  }

  @Test
  void madeUpCursorsAreRefused() {
    for (String cursor : List.of("made-up", "%", "", "YWZ0ZXI6eA")) {
      assertThatThrownBy(
              () -> administration.audit().list(AuditFilter.ALL, new PageRequest(1, cursor)))
          .isInstanceOf(InvalidInputException.class);
    }
    assertThatThrownBy(() -> new PageRequest(0, null)).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> new PageRequest(201, null)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  @DisplayName("E6 what grows is deleted after a day")
  void keepsHouse() {
    String id = register("Express");
    IdempotencyKey key = new IdempotencyKey("k", TokenHash.of("r"));
    tokens.create(ADMIN, id, new TokenDraft(null, null, null, null), key);
    enable(id, false);
    thirdParties.rotateClientSecret(ADMIN, id, Duration.ofHours(1), null);
    clock.pass(Duration.ofHours(25));
    try (Housekeeping house =
        new Housekeeping(
            administration.database(),
            new dev.latchkey.core.feed.ChangeFeed(clock),
            administration.audit(),
            null,
            clock)) {
      house.clean();
    }
    assertThat(count("change_feed")).isZero();
    assertThat(count("idempotency_key")).isZero();
    assertThat(secrets()).isEqualTo(1);
  }

  private String register(String name, String... scopes) {
    ThirdPartyDraft draft =
        new ThirdPartyDraft(
            name, Authorization.MANUAL, null, null, null, List.of(scopes), List.of(), true);
    return thirdParties.create(ADMIN, draft, null).resource().id();
  }

  private static ThirdPartyDraft draft(String name) {
    return new ThirdPartyDraft(
        name, Authorization.MANUAL, null, null, null, List.of(), List.of(), true);
  }

  private Created<TokenView> issue(String thirdPartyId) {
    return tokens.create(ADMIN, thirdPartyId, new TokenDraft(null, null, null, null), null);
  }

  private TokenView activate(String thirdPartyId, String tokenId, boolean active) {
    return tokens.change(ADMIN, thirdPartyId, tokenId, null, new TokenPatch(active, null));
  }

  private void enable(String id, boolean enabled) {
    change(id, draft -> enabled(draft, enabled));
  }

  private ThirdPartyView change(String id, UnaryOperator<ThirdPartyDraft> patch) {
    return thirdParties.change(ADMIN, id, null, patch);
  }

  private static ThirdPartyDraft enabled(ThirdPartyDraft draft, boolean enabled) {
    return with(draft, draft.name(), enabled);
  }

  private static ThirdPartyDraft named(ThirdPartyDraft draft, String name) {
    return with(draft, name, draft.enabled());
  }

  private static ThirdPartyDraft with(ThirdPartyDraft draft, String name, boolean enabled) {
    return new ThirdPartyDraft(
        name,
        draft.authorization(),
        draft.callbackUrl(),
        draft.contactName(),
        draft.contactEmail(),
        draft.scopes(),
        draft.allowedNetworks(),
        enabled);
  }

  private List<String> actions(String id) {
    return administration.audit().list(new AuditFilter(id, null, null, null), ALL).items().stream()
        .map(AuditEventView::action)
        .toList();
  }

  private List<ThirdPartyView> everyPage(ThirdPartyFilter filter, int limit) {
    List<ThirdPartyView> all = new ArrayList<>();
    @Nullable String cursor = null;
    do {
      Page<ThirdPartyView> page = thirdParties.list(filter, new PageRequest(limit, cursor));
      all.addAll(page.items());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  private List<String> names(ThirdPartyFilter filter) {
    return everyPage(filter, 200).stream().map(ThirdPartyView::name).toList();
  }

  private List<String> found(String prefix) {
    return names(new ThirdPartyFilter(prefix, null, null));
  }

  private static List<String> failed(AccessReport report) {
    assertThat(report.works()).isFalse();
    assertThat(report.advice()).isNotEmpty();
    return report.steps().stream()
        .filter(step -> Boolean.FALSE.equals(step.passed()))
        .map(AccessStep::check)
        .toList();
  }

  private long secrets() {
    return count("client_secret");
  }

  private long count(String table) {
    Object count =
        administration
            .database()
            .<Object>read(
                em -> em.createNativeQuery("select count(*) from " + table).getSingleResult());
    return ((Number) count).longValue();
  }

  private void execute(String sql) {
    administration.database().transact(em -> em.createNativeQuery(sql).executeUpdate());
  }

  private static <T> List<T> atOnce(int times, Callable<T> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(times);
    try {
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        running.add(threads.submit(work));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get(60, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
