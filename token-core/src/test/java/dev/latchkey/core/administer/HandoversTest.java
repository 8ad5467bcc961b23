package dev.latchkey.core.administer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.administer.HandoverOutcome.Opened;
import dev.latchkey.core.administer.HandoverOutcome.Over;
import dev.latchkey.core.administer.HandoverOutcome.Ready;
import dev.latchkey.core.administer.HandoverOutcome.Unknown;
import dev.latchkey.core.administer.HandoverView.Status;
import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.feed.ChangeFeed;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import dev.latchkey.core.token.TokenStatus;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Server.class)
class HandoversTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Actor ADMIN = new Actor("ada", "127.0.0.1", true);
  private static final PageRequest ALL = new PageRequest(200, null);
  private static final Duration WEEK = Duration.ofDays(7);

  private final MovedClock clock = new MovedClock(NOON);
  private final Administration administration;
  private final Handovers handovers;
  private final String thirdParty;

  HandoversTest(Server server) {
    Settings settings = server.settings();
    administration =
        Administration.open(
            settings, ServerDataSource.lookedUp(settings), clock, new SecureRandom(), List.of());
    handovers = administration.handovers();
    thirdParty =
        administration
            .thirdParties()
            .create(
                ADMIN,
                new ThirdPartyDraft(
                    "Express",
                    Authorization.MANUAL,
                    null,
                    null,
                    null,
                    List.of("a", "b"),
                    List.of(),
                    true),
                null)
            .resource()
            .id();
  }

  @AfterEach
  void close() {
    assertThat(administration.audit().verify(null).firstBroken()).isNull();
    administration.close();
  }

  @Test
  @DisplayName("opening a link issues the token then and there, and only once")
  void opensOnce() {
    String code = link(oneMore("till 3", List.of("a")));
    assertThat(tokens()).isEmpty();
    assertThat(handovers.inspect(code)).isEqualTo(new Ready("Express", "ada", NOON.plus(days(3))));
    assertThat(handovers.inspect(code)).isInstanceOf(Ready.class);
    assertThat(tokens()).isEmpty();

    clock.pass(days(1));
    Opened opened = opened(code);

    assertThat(opened.clientId()).isEqualTo(thirdParty);
    assertThat(opened.clientSecret()).isNull();
    assertThat(opened.token().label()).isEqualTo("till 3");
    assertThat(opened.token().scopes()).containsExactly("a");
    assertThat(opened.token().createdAt()).isEqualTo(NOON.plus(days(1)));
    assertThat(opened.token().createdBy()).isEqualTo("ada");
    assertThat(opened.tokenText()).startsWith(opened.token().hint());
    assertThat(opened.toString()).doesNotContain(opened.tokenText().substring(14));
    assertThat(tokens()).extracting(TokenView::id).containsExactly(opened.token().id());

    assertThat(handovers.open(code, "10.0.0.2")).isEqualTo(new Over("ada", NOON.plus(days(1))));
    assertThat(handovers.inspect(code)).isEqualTo(new Over("ada", NOON.plus(days(1))));
    assertThat(tokens()).hasSize(1);
    HandoverView view = handovers.list(thirdParty).get(0);
    assertThat(view.status()).isEqualTo(Status.OPENED);
    assertThat(view.openedFrom()).isEqualTo("10.0.0.1");
    assertThat(view.tokenId()).isEqualTo(opened.token().id());
  }

  @Test
  void diesAfterThreeDays() {
    String code = link(oneMore(null, null));
    clock.pass(days(3).minusMillis(1));
    assertThat(handovers.inspect(code)).isInstanceOf(Ready.class);
    clock.pass(Duration.ofMillis(1));
    assertThat(handovers.inspect(code)).isEqualTo(new Over("ada", null));
    assertThat(handovers.open(code, "10.0.0.1")).isEqualTo(new Over("ada", null));
    assertThat(handovers.list(thirdParty).get(0).status()).isEqualTo(Status.EXPIRED);
    assertThat(tokens()).isEmpty();
  }

  @Test
  @DisplayName("two openings at the same moment give one token")
  void opensOnceHoweverManyComeAtOnce() throws Exception {
    for (int round = 0; round < 5; round++) {
      String code = link(new HandoverDraft(null, draft(null, null), true, WEEK));
      List<HandoverOutcome> outcomes = atOnce(8, code);
      assertThat(outcomes).filteredOn(Opened.class::isInstance).hasSize(1);
      assertThat(outcomes).filteredOn(Over.class::isInstance).hasSize(7);
      assertThat(tokens()).hasSize(round + 1);
    }
  }

  @Test
  void handsOverANewClientSecretWhereAsked() {
    String code = link(new HandoverDraft(null, draft(null, null), true, Duration.ZERO));
    Opened opened = opened(code);
    assertThat(opened.clientSecret()).startsWith("lks_");
    assertThat(actions()).contains("client-secret.create", "token.create", "handover.open");
  }

  @Test
  @DisplayName(
      "unless told otherwise a renewed token works on for a week, a client secret not at all")
  void replacesTheClientSecretAtOnceByDefault() {
    TokenView old = issue();
    opened(link(new HandoverDraft(old.id(), draft(null, null), true, null)));
    assertThat(token(old.id()).expiresAt()).isEqualTo(NOON.plus(WEEK));
    opened(link(new HandoverDraft(null, draft(null, null), true, WEEK)));
    assertThat(administration.audit().list(AuditFilter.ALL, ALL).items())
        .filteredOn(event -> event.action().equals("client-secret.create"))
        .extracting(AuditEventView::detail)
        .startsWith("{\"overlap\":\"PT168H\"}", "{\"overlap\":\"PT0S\"}");
  }

  @Test
  @DisplayName("a renewal's overlap begins when the link is opened")
  void renewsWithOverlap() {
    TokenView old = issue();
    String code = link(new HandoverDraft(old.id(), draft(null, null), false, days(2)));
    clock.pass(days(1));
    assertThat(token(old.id()).replacedBy()).isNull();

    Opened opened = opened(code);

    TokenView replaced = token(old.id());
    assertThat(replaced.replacedBy()).isEqualTo(opened.token().id());
    assertThat(replaced.expiresAt()).isEqualTo(NOON.plus(days(3)));
    assertThat(replaced.status()).isEqualTo(TokenStatus.ACTIVE);
    assertThat(opened.token().label()).isEqualTo(old.label());
    assertThat(opened.token().status()).isEqualTo(TokenStatus.ACTIVE);
  }

  @Test
  @DisplayName("a token that was switched off or renewed meanwhile is not renewed by a link")
  void renewsNothingThatIsOver() {
    TokenView off = issue();
    TokenView renewed = issue();
    String ofOff = link(new HandoverDraft(off.id(), draft(null, null), false, WEEK));
    String ofRenewed = link(new HandoverDraft(renewed.id(), draft(null, null), false, WEEK));
    administration.tokens().change(ADMIN, thirdParty, off.id(), null, new TokenPatch(false, null));
    administration.tokens().renew(ADMIN, thirdParty, renewed.id(), WEEK, null, null);
    int before = tokens().size();

    assertThat(handovers.open(ofOff, "10.0.0.1")).isEqualTo(new Over("ada", null));
    assertThat(handovers.open(ofRenewed, "10.0.0.1")).isEqualTo(new Over("ada", null));
    assertThat(tokens()).hasSize(before);
    for (String id : List.of(off.id(), renewed.id())) {
      assertThatThrownBy(() -> link(new HandoverDraft(id, draft(null, null), false, WEEK)))
          .isInstanceOf(ConflictException.class);
    }
  }

  @Test
  void opensNothingForADisabledThirdPartyUntilItIsEnabledAgain() {
    String code = link(oneMore(null, null));
    enabled(false);
    assertThat(handovers.inspect(code)).isEqualTo(new Over("ada", null));
    assertThat(handovers.open(code, "10.0.0.1")).isEqualTo(new Over("ada", null));
    assertThatThrownBy(() -> link(oneMore(null, null))).isInstanceOf(ConflictException.class);
    assertThat(tokens()).isEmpty();
    enabled(true);
    assertThat(handovers.open(code, "10.0.0.1")).isInstanceOf(Opened.class);
  }

  @Test
  void goesWithItsThirdParty() {
    String code = link(oneMore(null, null));
    enabled(false);
    administration.thirdParties().delete(ADMIN, thirdParty, null);
    assertThat(handovers.inspect(code)).isEqualTo(Unknown.INSTANCE);
    assertThat(handovers.open(code, "10.0.0.1")).isEqualTo(Unknown.INSTANCE);
  }

  @Test
  void canBeWithdrawnUntilItIsOpened() {
    String code = link(oneMore(null, null));
    String id = handovers.list(thirdParty).get(0).id();
    handovers.withdraw(ADMIN, thirdParty, id);
    assertThat(handovers.open(code, "10.0.0.1")).isEqualTo(Unknown.INSTANCE);
    assertThatThrownBy(() -> handovers.withdraw(ADMIN, thirdParty, id))
        .isInstanceOf(NotFoundException.class);

    opened(link(oneMore(null, null)));
    String openedId = handovers.list(thirdParty).get(0).id();
    assertThatThrownBy(() -> handovers.withdraw(ADMIN, thirdParty, openedId))
        .isInstanceOf(ConflictException.class);
  }

  @Test
  @DisplayName("scopes that the third party has lost meanwhile are not handed over")
  void handsOverNoScopeThatIsLost() {
    String code = link(oneMore(null, List.of("a", "b")));
    mayDo("b");
    assertThat(opened(code).token().scopes()).containsExactly("b");
  }

  @Test
  @DisplayName("scopes that the third party is given after a link was made are not handed over")
  void handsOverNoScopeThatItsMakerDidNotKnowOf() {
    String code = link(oneMore(null, null));
    mayDo("a", "b", "latchkey:admin");
    assertThat(opened(code).token().scopes()).containsExactly("a", "b");
  }

  @Test
  @DisplayName("D1 only an admin makes a link to a token that gets into Latchkey itself")
  void handsOutScopesOfLatchkeyForAdminsOnly() {
    Actor admin = new Actor("admin", "127.0.0.1", true);
    Actor operator = new Actor("otto", "127.0.0.1");
    mayDo("a", "latchkey:admin");
    TokenView old =
        administration.tokens().create(admin, thirdParty, draft(null, null), null).resource();
    HandoverDraft renewal = new HandoverDraft(old.id(), draft(null, null), false, Duration.ZERO);

    for (HandoverDraft draft :
        List.of(oneMore(null, null), oneMore(null, List.of("latchkey:admin")), renewal)) {
      assertThatThrownBy(() -> handovers.create(operator, thirdParty, draft, null))
          .isInstanceOf(NotAllowedException.class);
    }
    mayDo("a");
    assertThatThrownBy(() -> handovers.create(operator, thirdParty, renewal, null))
        .as("the third party may be given it again before the link is opened")
        .isInstanceOf(NotAllowedException.class);
    mayDo("a", "latchkey:admin");
    assertThat(handovers.list(thirdParty)).isEmpty();

    String code =
        Objects.requireNonNull(handovers.create(admin, thirdParty, renewal, null).secret());
    assertThat(opened(code).token().scopes()).containsExactly("a", "latchkey:admin");
  }

  @Test
  void knowsNoCodeThatOnlyLooksLikeOne() {
    String code = link(oneMore(null, null));
    char last = code.charAt(code.length() - 1);
    String changed = code.substring(0, code.length() - 1) + (last == 'a' ? 'b' : 'a');
    for (String wrong :
        List.of(
            "",
            changed,
            code + "a",
            code.substring(1),
            code.toUpperCase(java.util.Locale.ROOT),
            "\u0000".repeat(56),
            "é".repeat(56),
            code.replace('.', '_'))) {
      assertThat(handovers.inspect(wrong)).isEqualTo(Unknown.INSTANCE);
      assertThat(handovers.open(wrong, "10.0.0.1")).isEqualTo(Unknown.INSTANCE);
    }
    assertThat(handovers.open(code, "10.0.0.1")).isInstanceOf(Opened.class);
  }

  @Test
  @DisplayName("a link that is over can't fill the audit trail")
  void recordsTheFirstRefusalsOnly() {
    String code = link(oneMore(null, null));
    opened(code);
    for (int i = 0; i < 30; i++) {
      handovers.open(code, "10.0.0.9");
    }
    assertThat(actions()).filteredOn("handover.refused"::equals).hasSize(10);
  }

  @Test
  @DisplayName("the same request again makes no second link, and does not show the code again")
  void isMadeOncePerKey() {
    IdempotencyKey key =
        new IdempotencyKey("k1", dev.latchkey.core.token.TokenHash.of("the request"));
    Created<HandoverView> first = handovers.create(ADMIN, thirdParty, oneMore(null, null), key);
    Created<HandoverView> second = handovers.create(ADMIN, thirdParty, oneMore(null, null), key);
    assertThat(second.replayed()).isTrue();
    assertThat(second.secret()).isNull();
    assertThat(second.resource().id()).isEqualTo(first.resource().id());
    assertThat(handovers.list(thirdParty)).hasSize(1);
  }

  @Test
  void isForgottenAfterAWhile() {
    Housekeeping housekeeping =
        new Housekeeping(
            administration.database(), new ChangeFeed(clock), administration.audit(), null, clock);
    String code = link(oneMore(null, null));
    clock.pass(days(92));
    housekeeping.clean();
    assertThat(handovers.inspect(code)).isEqualTo(new Over("ada", null));
    clock.pass(days(2));
    housekeeping.clean();
    assertThat(handovers.inspect(code)).isEqualTo(Unknown.INSTANCE);
    housekeeping.close();
  }

  private List<HandoverOutcome> atOnce(int many, String code) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(many);
    CountDownLatch go = new CountDownLatch(1);
    try {
      List<Future<HandoverOutcome>> opening = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        opening.add(
            threads.submit(
                () -> {
                  go.await();
                  return handovers.open(code, "10.0.0.1");
                }));
      }
      go.countDown();
      List<HandoverOutcome> outcomes = new ArrayList<>();
      for (Future<HandoverOutcome> each : opening) {
        outcomes.add(each.get(60, TimeUnit.SECONDS));
      }
      return outcomes;
    } finally {
      threads.shutdownNow();
    }
  }

  private String link(HandoverDraft draft) {
    return Objects.requireNonNull(handovers.create(ADMIN, thirdParty, draft, null).secret());
  }

  private Opened opened(String code) {
    HandoverOutcome outcome = handovers.open(code, "10.0.0.1");
    assertThat(outcome).isInstanceOf(Opened.class);
    return (Opened) outcome;
  }

  private static HandoverDraft oneMore(@Nullable String label, @Nullable List<String> scopes) {
    return new HandoverDraft(null, draft(label, scopes), false, WEEK);
  }

  private static TokenDraft draft(@Nullable String label, @Nullable List<String> scopes) {
    return new TokenDraft(label, Lifetime.parse("P6M"), null, scopes);
  }

  private TokenView issue() {
    return administration
        .tokens()
        .create(ADMIN, thirdParty, draft("old", List.of("a")), null)
        .resource();
  }

  private TokenView token(String id) {
    return administration.tokens().get(thirdParty, id);
  }

  private List<TokenView> tokens() {
    return administration.tokens().list(thirdParty, null, ALL).items();
  }

  private List<String> actions() {
    return administration.audit().list(AuditFilter.ALL, ALL).items().stream()
        .map(AuditEventView::action)
        .toList();
  }

  private void mayDo(String... scopes) {
    administration
        .thirdParties()
        .change(
            ADMIN,
            thirdParty,
            null,
            was ->
                new ThirdPartyDraft(
                    was.name(),
                    was.authorization(),
                    was.callbackUrl(),
                    was.contactName(),
                    was.contactEmail(),
                    List.of(scopes),
                    was.allowedNetworks(),
                    was.enabled()));
  }

  private void enabled(boolean enabled) {
    administration
        .thirdParties()
        .change(
            ADMIN,
            thirdParty,
            null,
            was ->
                new ThirdPartyDraft(
                    was.name(),
                    was.authorization(),
                    was.callbackUrl(),
                    was.contactName(),
                    was.contactEmail(),
                    was.scopes(),
                    was.allowedNetworks(),
                    enabled));
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }
}
