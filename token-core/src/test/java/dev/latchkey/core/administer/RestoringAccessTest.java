package dev.latchkey.core.administer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.administer.HandoverOutcome.Opened;
import dev.latchkey.core.administer.HandoverOutcome.Over;
import dev.latchkey.core.administer.HandoverOutcome.Ready;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.TokenStatus;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

// issue 14.4, issue 14.9
@DisplayName("F4: whoever restores access must be allowed to grant it")
class RestoringAccessTest {

  private static final Actor ADMIN = new Actor("ada", "127.0.0.1", true);
  private static final Actor OPERATOR = new Actor("otto", "127.0.0.1");
  private static final PageRequest ALL = new PageRequest(200, null);
  private static final String ID_OF_NOBODY = "none";

  private final MovedClock clock = new MovedClock(Instant.parse("2026-03-01T12:00:00Z"));
  private final Administration administration;
  private final ThirdPartyAdministration thirdParties;
  private final TokenAdministration tokens;
  private final Handovers handovers;

  RestoringAccessTest() {
    Settings settings = Server.H2.settings();
    administration =
        Administration.open(
            settings, ServerDataSource.lookedUp(settings), clock, new SecureRandom(), List.of());
    thirdParties = administration.thirdParties();
    tokens = administration.tokens();
    handovers = administration.handovers();
  }

  @AfterEach
  void close() {
    assertThat(administration.audit().verify(null).firstBroken()).isNull();
    administration.close();
  }

  /** A way in which access comes back, or is given. */
  private enum Way {
    ACTIVATE,
    ENABLE,
    RENEW,
    HAND_OVER,
    HAND_OVER_A_RENEWAL,
    HAND_OVER_A_CLIENT_SECRET,
    CREATE,
    WIDEN,
    CREATE_THE_THIRD_PARTY,
    NEW_CLIENT_SECRET
  }

  private void take(Way way, Actor actor) {
    switch (way) {
      case ACTIVATE -> activates(actor);
      case ENABLE -> enable(actor, disabled, true);
      case RENEW -> tokens.renew(actor, party, on, WEEK, null, null);
      case HAND_OVER -> links(actor, party, null);
      case HAND_OVER_A_RENEWAL -> links(actor, party, on);
      case HAND_OVER_A_CLIENT_SECRET ->
          handovers.create(
              actor,
              party,
              new HandoverDraft(null, new TokenDraft(null, null, null, List.of("a")), true, null),
              null);
      case CREATE -> issues(actor, party);
      case WIDEN -> widens(actor);
      case CREATE_THE_THIRD_PARTY -> registers(actor, "Another", scopes);
      case NEW_CLIENT_SECRET -> thirdParties.rotateClientSecret(actor, party, WEEK, null);
    }
  }

  private static final Duration WEEK = Duration.ofDays(7);

  private List<String> scopes = List.of();
  private String party = ID_OF_NOBODY;
  private String on = ID_OF_NOBODY;
  private String off = ID_OF_NOBODY;
  private String disabled = ID_OF_NOBODY;
  private int count;

  private void given(String scope) {
    count++;
    scopes = List.of("a", scope);
    party = registers(ADMIN, "Party " + count, scopes);
    on = issues(ADMIN, party);
    off = issues(ADMIN, party);
    switches(ADMIN, party, off, false);
    disabled = registers(ADMIN, "Disabled " + count, scopes);
    issues(ADMIN, disabled);
    enable(ADMIN, disabled, false);
  }

  @Test
  @DisplayName("each way of restoring access × role × scope")
  void whoRestoresMustBeAllowedToGrant() {
    for (String ofLatchkey :
        List.of("latchkey:admin", "latchkey:operator", "latchkey:viewer", "latchkey:introspect")) {
      for (Way way : Way.values()) {
        given(ofLatchkey);
        assertThatThrownBy(() -> take(way, OPERATOR))
            .as("operator, %s, %s", way, ofLatchkey)
            .isInstanceOf(NotAllowedException.class);
        assertThat(status(party, off)).isEqualTo(TokenStatus.DEACTIVATED);
        take(way, ADMIN);
      }
    }
    for (Way way : Way.values()) {
      given("b");
      take(way, OPERATOR);
    }
  }

  @Test
  @DisplayName("a token counts with its own scopes: its third party may be given them again later")
  void takesATokenForWhatItWasIssuedWith() {
    given("latchkey:admin");
    change(ADMIN, party, draft -> with(draft, List.of("a"), true));

    assertThatThrownBy(() -> activates(OPERATOR)).isInstanceOf(NotAllowedException.class);
    assertThatThrownBy(() -> tokens.renew(OPERATOR, party, on, WEEK, null, null))
        .isInstanceOf(NotAllowedException.class);
    change(ADMIN, party, draft -> with(draft, scopes, true));
    assertThat(status(party, off)).isEqualTo(TokenStatus.DEACTIVATED);
  }

  @Test
  @DisplayName("who may not grant is told so whatever the state; who may is told of the state")
  void looksAtTheActorBeforeTheState() {
    given("latchkey:admin");
    clock.pass(Duration.ofDays(400));
    assertThatThrownBy(() -> activates(OPERATOR)).isInstanceOf(NotAllowedException.class);
    assertThatThrownBy(() -> activates(ADMIN)).isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> tokens.renew(OPERATOR, party, off, WEEK, null, null))
        .isInstanceOf(NotAllowedException.class);
    assertThatThrownBy(() -> tokens.renew(ADMIN, party, off, WEEK, null, null))
        .isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> links(OPERATOR, disabled, null))
        .isInstanceOf(NotAllowedException.class);
    assertThatThrownBy(() -> links(ADMIN, disabled, null)).isInstanceOf(ConflictException.class);
  }

  @Test
  @DisplayName("what takes access away, or changes nothing, needs no right to grant")
  void leavesTakingAwayToOperators() {
    given("latchkey:admin");
    switches(OPERATOR, party, on, true);
    switches(OPERATOR, party, on, false);
    change(OPERATOR, party, draft -> with(draft, List.of("a"), true));
    enable(OPERATOR, party, false);
    assertThat(thirdParties.get(party).enabled()).isFalse();
    assertThat(status(party, on)).isEqualTo(TokenStatus.DEACTIVATED);
  }

  @Test
  @DisplayName("a repeated request of somebody demoted since gives no secret and issues nothing")
  void aReplayGivesNothingBack() {
    given("latchkey:admin");
    IdempotencyKey key =
        new IdempotencyKey("order-1", dev.latchkey.core.token.TokenHash.of("request"));
    TokenDraft all = new TokenDraft(null, null, null, null);
    assertThat(tokens.create(ADMIN, party, all, key).secret()).isNotNull();
    int before = tokens.list(party, null, ALL).items().size();

    Actor demoted = new Actor(ADMIN.name(), "127.0.0.1");
    assertThat(tokens.create(demoted, party, all, key).secret()).isNull();
    assertThat(tokens.list(party, null, ALL).items()).hasSize(before);
  }

  @Test
  @DisplayName("14.9 a link made with a token opens only while that third party may make links")
  void suspendsTheLinksOfAMakerThatIsDisabled() {
    given("b");
    String maker = registers(ADMIN, "Maker", List.of("latchkey:operator"));
    String token = issues(ADMIN, maker);
    String code = links(new Actor("third-party:" + maker, "10.0.0.1"), party, null);

    enable(ADMIN, maker, false);
    assertThat(handovers.inspect(code)).isInstanceOf(Over.class);
    assertThat(handovers.open(code, "10.0.0.9")).isInstanceOf(Over.class);
    enable(ADMIN, maker, true);
    assertThat(handovers.inspect(code)).isInstanceOf(Ready.class);
    switches(ADMIN, maker, token, false);
    assertThat(handovers.open(code, "10.0.0.9")).isInstanceOf(Over.class);
    switches(ADMIN, maker, token, true);
    change(ADMIN, maker, draft -> with(draft, List.of("latchkey:viewer"), true));
    assertThat(handovers.open(code, "10.0.0.9")).as("an operator no more").isInstanceOf(Over.class);
    change(ADMIN, maker, draft -> with(draft, List.of("latchkey:operator"), true));
    assertThat(handovers.open(code, "10.0.0.9")).isInstanceOf(Opened.class);
  }

  @Test
  @DisplayName("14.9 a token issued after the link does not stand in for the one that made it")
  void countsTokensOfTheTimeOfTheLink() {
    given("b");
    String maker = registers(ADMIN, "Maker", List.of("latchkey:operator"));
    String token = issues(ADMIN, maker);
    String code = links(new Actor("third-party:" + maker, "10.0.0.1"), party, null);
    clock.pass(Duration.ofHours(1));
    switches(ADMIN, maker, token, false);
    issues(ADMIN, maker);
    assertThat(handovers.open(code, "10.0.0.9")).isInstanceOf(Over.class);
  }

  @Test
  @DisplayName("14.9 a link that takes the role admin needs a maker that still has it")
  void needsAnAdminForALinkOfAnAdmin() {
    given("latchkey:viewer");
    String maker = registers(ADMIN, "Maker", List.of("latchkey:operator", "latchkey:admin"));
    issues(ADMIN, maker);
    String code = links(new Actor("third-party:" + maker, "10.0.0.1", true), party, null);
    change(ADMIN, maker, draft -> with(draft, List.of("latchkey:operator"), true));
    assertThat(handovers.open(code, "10.0.0.9")).isInstanceOf(Over.class);
    change(ADMIN, maker, draft -> with(draft, List.of("latchkey:admin"), true));
    assertThat(handovers.open(code, "10.0.0.9")).isInstanceOf(Opened.class);
  }

  @Test
  @DisplayName("14.9 the links of a maker that is deleted are taken back")
  void takesBackTheLinksOfAMakerThatIsDeleted() {
    given("b");
    String maker = registers(ADMIN, "Maker", List.of("latchkey:operator"));
    issues(ADMIN, maker);
    links(new Actor("third-party:" + maker, "10.0.0.1"), party, null);
    enable(ADMIN, maker, false);
    thirdParties.delete(ADMIN, maker, null);
    assertThat(handovers.list(party)).isEmpty();
  }

  @Test
  @DisplayName("a demotion deactivates the tokens for Latchkey that the person issued, no others")
  void takesBackTokensForLatchkey() {
    given("latchkey:admin");
    Actor eve = new Actor("eve", "127.0.0.1", true);
    String hers = issues(eve, party);
    String byLink = opened(links(eve, party, null));
    String harmless =
        tokens
            .create(eve, party, new TokenDraft(null, null, null, List.of("a")), null)
            .resource()
            .id();
    String renewed =
        tokens.renew(ADMIN, party, issues(eve, party), WEEK, null, null).resource().id();
    String waiting = links(eve, party, null);

    assertThat(withdrawn("eve")).isEqualTo(3);

    assertThat(status(party, hers)).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(status(party, byLink)).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(status(party, harmless)).isEqualTo(TokenStatus.ACTIVE);
    assertThat(status(party, on)).as("of somebody else").isEqualTo(TokenStatus.ACTIVE);
    assertThat(status(party, renewed)).as("renewed by another").isEqualTo(TokenStatus.ACTIVE);
    assertThat(handovers.open(waiting, "10.0.0.9")).isEqualTo(HandoverOutcome.Unknown.INSTANCE);
    assertThat(administration.audit().list(new AuditFilter(party, "boss", null, null), ALL).items())
        .extracting(AuditEventView::action)
        .filteredOn("token.deactivate"::equals)
        .hasSize(3);
  }

  @Test
  @DisplayName(
      "a demotion follows what the person's tokens have issued in turn, through ended ones")
  void followsTheChain() {
    given("latchkey:admin");
    Actor eve = new Actor("eve", "127.0.0.1", true);
    String first = registers(ADMIN, "First", List.of("latchkey:admin"));
    String second = registers(ADMIN, "Second", List.of("latchkey:admin"));
    Actor byFirst = new Actor("third-party:" + first, "10.0.0.1", true);
    Actor bySecond = new Actor("third-party:" + second, "10.0.0.2", true);
    String earlier = issues(byFirst, party);
    clock.pass(Duration.ofHours(1));
    String one = issues(eve, first);
    String two = issues(byFirst, second);
    String three = issues(bySecond, party);
    String waiting = links(bySecond, party, null);
    String itself = issues(bySecond, second);
    switches(ADMIN, first, one, false);
    clock.pass(Duration.ofHours(1));
    String later = issues(byFirst, party);

    assertThat(withdrawn("eve")).isEqualTo(3);

    assertThat(status(second, two)).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(status(party, three)).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(status(second, itself)).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(handovers.open(waiting, "10.0.0.9")).isEqualTo(HandoverOutcome.Unknown.INSTANCE);
    assertThat(status(party, earlier)).as("before eve's token").isEqualTo(TokenStatus.ACTIVE);
    assertThat(status(party, later)).as("after its end").isEqualTo(TokenStatus.ACTIVE);
  }

  // Found by attack: a removed admin came back by OAuth.
  @Test
  void endsWhatSomebodyCanFetchOrHasApproved() {
    Actor eve = new Actor("eve", "10.0.0.3", true);
    String shown = registers(eve, "Shown", List.of("latchkey:admin"));
    String harmless = registers(eve, "Harmless", List.of("a"));
    String ofOthers = registers(ADMIN, "Others", List.of("latchkey:admin"));
    String fetched = issued(shown, "latchkey:admin", "oauth:client_credentials", null);
    String approved = issued(ofOthers, "latchkey:admin", "oauth:authorization_code", "eve");
    String byAnother = issued(ofOthers, "latchkey:admin", "oauth:authorization_code", "ada");
    String plain = issued(harmless, "a", "oauth:client_credentials", null);

    assertThat(withdrawn("eve")).isEqualTo(2);

    assertThat(status(shown, fetched)).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(status(ofOthers, approved)).isEqualTo(TokenStatus.DEACTIVATED);
    assertThat(status(ofOthers, byAnother)).isEqualTo(TokenStatus.ACTIVE);
    assertThat(status(harmless, plain)).isEqualTo(TokenStatus.ACTIVE);
    assertThat(secretsThatWork(shown)).isZero();
    assertThat(secretsThatWork(harmless)).isEqualTo(1);
    assertThat(secretsThatWork(ofOthers)).isEqualTo(1);
  }

  private String issued(
      String thirdParty, String scope, String createdBy, @Nullable String approvedBy) {
    return administration
        .database()
        .transact(
            em -> {
              AccessToken row =
                  administration
                      .issuer()
                      .issue(
                          em,
                          thirdParty,
                          null,
                          List.of(scope),
                          clock.instant(),
                          createdBy,
                          null,
                          null,
                          null)
                      .row();
              if (approvedBy != null) {
                row.approvedBy(approvedBy);
              }
              return row.id();
            });
  }

  private long secretsThatWork(String thirdParty) {
    return administration
        .database()
        .read(
            em ->
                em.createQuery(
                        "select count(s) from ClientSecret s where s.thirdPartyId = :party"
                            + " and (s.expiresAt is null or s.expiresAt > :now)",
                        Long.class)
                    .setParameter("party", thirdParty)
                    .setParameter("now", clock.instant())
                    .getSingleResult());
  }

  private int withdrawn(String name) {
    return administration
        .commands()
        .carryOut(
            new Actor("boss", "127.0.0.1", true),
            command -> Withdrawal.ofLinksAndTokens(command, name));
  }

  private void activates(Actor actor) {
    switches(actor, party, off, true);
  }

  private void widens(Actor actor) {
    String narrow = registers(ADMIN, "Narrow " + count + actor.name(), List.of("a"));
    change(actor, narrow, draft -> with(draft, scopes, true));
  }

  private String registers(Actor actor, String name, List<String> scopesOfIt) {
    ThirdPartyDraft draft =
        new ThirdPartyDraft(
            name + " " + count,
            Authorization.MANUAL,
            null,
            null,
            null,
            scopesOfIt,
            List.of(),
            true);
    return thirdParties.create(actor, draft, null).resource().id();
  }

  private String issues(Actor actor, String thirdParty) {
    return tokens
        .create(actor, thirdParty, new TokenDraft(null, null, null, null), null)
        .resource()
        .id();
  }

  private String links(Actor actor, String thirdParty, @Nullable String renews) {
    HandoverDraft draft =
        new HandoverDraft(renews, new TokenDraft(null, null, null, null), false, null);
    return Objects.requireNonNull(handovers.create(actor, thirdParty, draft, null).secret());
  }

  private String opened(String code) {
    return ((Opened) handovers.open(code, "10.0.0.9")).token().id();
  }

  private void switches(Actor actor, String thirdParty, String token, boolean active) {
    tokens.change(actor, thirdParty, token, null, new TokenPatch(active, null));
  }

  private void enable(Actor actor, String thirdParty, boolean enabled) {
    change(actor, thirdParty, draft -> with(draft, draft.scopes(), enabled));
  }

  private void change(Actor actor, String thirdParty, UnaryOperator<ThirdPartyDraft> patch) {
    thirdParties.change(actor, thirdParty, null, patch);
  }

  private static ThirdPartyDraft with(ThirdPartyDraft draft, List<String> scopes, boolean enabled) {
    return new ThirdPartyDraft(
        draft.name(),
        draft.authorization(),
        draft.callbackUrl(),
        draft.contactName(),
        draft.contactEmail(),
        scopes,
        draft.allowedNetworks(),
        enabled);
  }

  private TokenStatus status(String thirdParty, String token) {
    return tokens.get(thirdParty, token).status();
  }
}
