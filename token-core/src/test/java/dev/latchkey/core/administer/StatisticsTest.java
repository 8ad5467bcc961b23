package dev.latchkey.core.administer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.LatchkeyNode;
import dev.latchkey.core.administer.Overview.Attention;
import dev.latchkey.core.administer.Overview.Kind;
import dev.latchkey.core.config.Lifetime;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.testing.Server;
import dev.latchkey.core.thirdparty.ThirdParty.Authorization;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.TokenStatus;
import dev.latchkey.core.usage.RefusalReason;
import dev.latchkey.core.verify.Grant;
import dev.latchkey.core.verify.Verdict;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(Server.class)
class StatisticsTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:30:00Z");
  private static final Actor ADMIN = new Actor("ada", "127.0.0.1");

  private final MovedClock clock = new MovedClock(NOON);
  private final Administration administration;
  private final LatchkeyNode node;

  StatisticsTest(Server server) {
    Settings settings = server.settings("latchkey.usage.flush-interval", "PT10H");
    administration =
        Administration.open(
            settings, ServerDataSource.lookedUp(settings), clock, new SecureRandom(), List.of());
    node = LatchkeyNode.start(administration.database(), settings, clock, () -> 0);
  }

  @AfterEach
  void close() {
    node.close();
    administration.close();
  }

  @Test
  void countsWhatIsThere() {
    String express = register("Express");
    String other = register("Other");
    token(express, "P6M");
    token(express, "P30D");
    token(express, "PT1S");
    token(other, "P6M");
    enabled(other, false);
    clock.pass(Duration.ofSeconds(1));

    Overview overview = overview();

    assertThat(overview.thirdParties()).isEqualTo(2);
    assertThat(overview.enabledThirdParties()).isEqualTo(1);
    assertThat(overview.activeTokens()).isEqualTo(2);
    assertThat(overview.expiringTokens()).isEqualTo(1);
  }

  @Test
  @DisplayName("a token counts as active that lets requests in, with an end or without")
  void countsWhatIsActive() {
    for (Authorization authorization : Authorization.values()) {
      String express = register("Express " + authorization, authorization);
      String gone = register("Gone " + authorization, authorization);
      for (String each : List.of(express, gone)) {
        token(each, null);
        switchOff(token(each, null));
        token(each, "PT1S");
        switchOff(token(each, "PT1S"));
      }
      enabled(gone, false);
    }
    assertThat(overview().activeTokens()).isEqualTo(4);
    clock.pass(Duration.ofSeconds(1));
    assertThat(overview().activeTokens()).isEqualTo(2);
    Inventory.Counts counts = new Inventory(administration.database(), clock).count();
    assertThat(counts.tokens())
        .isEqualTo(
            Map.of(
                TokenStatus.ACTIVE, 2L,
                TokenStatus.EXPIRED, 8L,
                TokenStatus.DEACTIVATED, 4L,
                TokenStatus.THIRD_PARTY_DISABLED, 2L,
                TokenStatus.REPORTED_LEAKED, 0L));
    assertThat(counts.enabledThirdParties()).isEqualTo(2);
    assertThat(counts.disabledThirdParties()).isEqualTo(2);
    // 4 third parties made, 16 tokens, 8 of them off, 2 third parties disabled
    assertThat(counts.auditEvents()).isEqualTo(30);
  }

  @Test
  @DisplayName("nothing is counted where nothing is")
  void countsNothing() {
    assertThat(overview())
        .extracting(
            Overview::thirdParties,
            Overview::enabledThirdParties,
            Overview::activeTokens,
            Overview::expiringTokens)
        .containsOnly(0L);
  }

  @Test
  @DisplayName("uses of the last 30 days, today last, of all tokens and of each")
  void countsUsesPerDay() {
    String express = register("Express");
    Created<TokenView> token = token(express, "P6M");
    use(token, 2);
    clock.pass(Duration.ofDays(29));
    use(token, 3);
    List<Long> perDay = new ArrayList<>(Collections.nCopies(30, 0L));
    perDay.set(0, 2L);
    perDay.set(29, 3L);
    assertThat(overview().usesPerDay()).isEqualTo(perDay);
    TokenView row = administration.tokens().get(express, token.resource().id());
    assertThat(row.usesPerDay()).isEqualTo(perDay);
    assertThat(row.useCount()).isEqualTo(5);

    clock.pass(Duration.ofDays(1));
    assertThat(overview().usesPerDay()).startsWith(0L).endsWith(3L, 0L);
  }

  @Test
  @DisplayName("refusals of the last 24 hours, this one last")
  void countsRefusalsPerHour() {
    refuseForeign(1);
    clock.pass(Duration.ofHours(1));
    refuseForeign(2);
    clock.pass(Duration.ofHours(22));
    refuseForeign(4);
    assertThat(foreign()).hasSize(24).startsWith(1L, 2L, 0L).endsWith(0L, 4L);
    clock.pass(Duration.ofHours(1));
    assertThat(foreign()).hasSize(24).startsWith(2L, 0L).endsWith(4L, 0L);
    assertThat(overview().refusalsPerHour().get(RefusalReason.SCOPE))
        .isEqualTo(Collections.nCopies(24, 0L));
  }

  @Test
  @DisplayName("what needs attention, most urgent first")
  void namesWhatNeedsAttention() {
    String express = register("Express");
    Created<TokenView> expiring = token(express, "P20D");
    Created<TokenView> renewed = token(express, "P20D");
    administration
        .tokens()
        .renew(ADMIN, express, renewed.resource().id(), Duration.ofDays(7), null, null);
    Created<TokenView> switchedOff = token(express, "P6M");
    switchOff(switchedOff);
    Created<TokenView> used = token(express, "P6M");
    use(used, 1);
    use(expiring, 1);
    String gone = register("Gone");
    Created<TokenView> calling = token(gone, "P6M");
    enabled(gone, false);
    Created<TokenView> unused = token(express, "P6M");
    clock.pass(Duration.ofDays(7).plusMillis(1));
    token(express, "P6M");
    refuse(calling, 1);
    refuse(switchedOff, 10);
    refuse(used, 0);

    List<Attention> attention = overview().attention();

    assertThat(attention)
        .extracting(Attention::kind)
        .startsWith(Kind.DISABLED_STILL_CALLING, Kind.EXPIRING, Kind.REFUSED_A_LOT);
    assertThat(of(Kind.DISABLED_STILL_CALLING)).containsExactly(calling.resource().id());
    assertThat(attention.get(0).thirdPartyName()).isEqualTo("Gone");
    assertThat(attention.get(0).refusals()).isEqualTo(1);
    assertThat(of(Kind.EXPIRING)).containsExactly(expiring.resource().id());
    assertThat(of(Kind.REFUSED_A_LOT)).containsExactly(switchedOff.resource().id());
    assertThat(attention.get(2).refusals()).isEqualTo(10);
    assertThat(of(Kind.NEVER_USED))
        .hasSize(2)
        .contains(unused.resource().id())
        .doesNotContain(used.resource().id(), calling.resource().id());

    clock.pass(Duration.ofHours(24));
    assertThat(of(Kind.DISABLED_STILL_CALLING)).isEmpty();
    assertThat(of(Kind.REFUSED_A_LOT)).isEmpty();
  }

  @Test
  @DisplayName("of many that nobody has used, the oldest twenty")
  void namesTheOldest() {
    String express = register("Express");
    List<String> unused = new ArrayList<>();
    for (int i = 0; i < 22; i++) {
      use(token(express, "P6M"), 1);
      unused.add(token(express, "P6M").resource().id());
      clock.pass(Duration.ofMinutes(1));
    }
    clock.pass(Duration.ofDays(7));
    assertThat(of(Kind.NEVER_USED)).isEqualTo(unused.subList(0, 20));
  }

  @Test
  void nineRefusalsAreNotALot() {
    Created<TokenView> off = token(register("Express"), "P6M");
    switchOff(off);
    refuse(off, 9);
    assertThat(of(Kind.REFUSED_A_LOT)).isEmpty();
  }

  private Overview overview() {
    return administration.statistics().overview();
  }

  private List<String> of(Kind kind) {
    return overview().attention().stream()
        .filter(each -> each.kind() == kind)
        .map(Attention::tokenId)
        .toList();
  }

  private List<Long> foreign() {
    return Objects.requireNonNull(overview().refusalsPerHour().get(RefusalReason.FOREIGN));
  }

  private void use(Created<TokenView> token, int times) {
    Verdict verdict = node.verifier().verify(text(token));
    for (int i = 0; i < times; i++) {
      ((Grant) verdict).used(clock.millis(), "10.0.0.1");
    }
    node.usage().flush();
  }

  private void refuse(Created<TokenView> token, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(node.verifier().verify(text(token))).isInstanceOf(Verdict.Refused.class);
    }
    node.usage().flush();
  }

  private void refuseForeign(int times) {
    for (int i = 0; i < times; i++) {
      node.verifier().verify(BearerToken.parse("not-ours").orElseThrow());
    }
    node.usage().flush();
  }

  private static BearerToken text(Created<TokenView> token) {
    return BearerToken.parse(Objects.requireNonNull(token.secret())).orElseThrow();
  }

  private Created<TokenView> token(String thirdParty, @Nullable String lifetime) {
    Lifetime lives = lifetime == null ? null : Lifetime.parse(lifetime);
    return administration
        .tokens()
        .create(ADMIN, thirdParty, new TokenDraft(null, lives, null, null), null);
  }

  private void switchOff(Created<TokenView> token) {
    TokenView row = token.resource();
    administration
        .tokens()
        .change(ADMIN, row.thirdPartyId(), row.id(), null, new TokenPatch(false, null));
  }

  private String register(String name) {
    return register(name, Authorization.MANUAL);
  }

  private String register(String name, Authorization authorization) {
    String callback =
        authorization == Authorization.AUTOMATIC ? "https://express.example/callback" : null;
    return administration
        .thirdParties()
        .create(
            ADMIN,
            new ThirdPartyDraft(
                name, authorization, callback, null, null, List.of("a"), List.of(), true),
            null)
        .resource()
        .id();
  }

  private void enabled(String id, boolean enabled) {
    administration
        .thirdParties()
        .change(
            ADMIN,
            id,
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
}
