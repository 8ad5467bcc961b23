package dev.latchkey.core.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.testing.MovedClock;
import dev.latchkey.core.thirdparty.AllowedNetworks;
import dev.latchkey.core.token.BearerToken;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.usage.UseCounter;
import dev.latchkey.core.verify.Answer.Finding;
import dev.latchkey.core.verify.Answer.Unusable;
import dev.latchkey.core.verify.Verdict.Refused;
import dev.latchkey.core.verify.Verdict.Unavailable;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final TokenFormat format = new TokenFormat(new SecureRandom());
  private final TagKeys anothersKeys = new TagKeys(List.of(new byte[] {1}));
  private final Map<Long, Finding> store = new HashMap<>();
  private final List<Long> asked = new ArrayList<>();
  private final List<UseCounter> used = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();
  private final ThreadPoolExecutor refresher =
      new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
  private TagKeys keys = new TagKeys(List.of(new byte[] {2}));
  private final MovedClock clock = new MovedClock(NOON);
  private boolean down;
  private long nanos;
  private final TokenVerifier verifier =
      new TokenVerifier(
          this::find,
          () -> keys,
          (reason, tokenId) -> refusals.add(reason + " " + tokenId),
          refresher,
          clock,
          () -> nanos,
          TimeOfDay.looked(clock, () -> nanos),
          new VerdictCache.Bounds(
              100, Duration.ofHours(1).toNanos(), Duration.ofHours(2).toNanos(), 4, 1_000_000_000));

  @AfterEach
  void close() {
    verifier.close();
    assertThat(refresher.isShutdown()).isTrue();
  }

  @Test
  void grantsAnActiveToken() {
    MintedToken token = issued(null);
    Verdict verdict = verifier.verify(token.token());
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Grant.class,
            grant -> {
              assertThat(grant.tokenId()).isEqualTo(token.id());
              assertThat(grant.clientId()).isEqualTo("client");
              assertThat(grant.name()).isEqualTo("Express");
              assertThat(grant.scopes()).containsExactly("a");
              assertThat(grant.fromAnywhere()).isFalse();
              assertThat(grant.from("10.1.2.3")).isTrue();
              assertThat(grant.from("11.1.2.3")).isFalse();
              assertThat(grant).hasToString("Grant[" + token.id() + " of client]");
              grant.used(NOON.toEpochMilli(), "10.1.2.3");
              grant.used(NOON.toEpochMilli(), "10.1.2.3");
            });
    assertThat(used).hasSize(1);
  }

  @Test
  @DisplayName("quarkus#34104 a token seen before is answered from memory")
  void asksTheStoreOnce() {
    MintedToken token = issued(null);
    verifier.verify(token.token());
    verifier.verify(token.token());
    assertThat(asked).hasSize(1);
  }

  @Test
  @DisplayName("A18 a token that this installation did not generate costs no question")
  void foreignTokensNeverReachTheStore() {
    assertThat(verifier.verify(text("not-of-our-format"))).isEqualTo(Refused.FOREIGN);
    assertThat(verifier.verify(format.mint("lk", anothersKeys).token())).isEqualTo(Refused.FOREIGN);
    assertThat(asked).isEmpty();
    assertThat(refusals).containsExactly("foreign ", "foreign ");
  }

  @Test
  @DisplayName("a token with a known id and another secret is unknown, and costs no question")
  void anotherSecretIsUnknown() {
    MintedToken token = issued(null);
    verifier.verify(token.token());
    String text = token.token().reveal();
    char other = text.charAt(20) == 'x' ? 'y' : 'x';
    BearerToken forged = text(text.substring(0, 20) + other + text.substring(21));
    assertThat(verifier.verify(forged)).isEqualTo(Refused.UNKNOWN);
    assertThat(asked).hasSize(1);
    assertThat(verifier.verify(token.token())).isInstanceOf(Grant.class);
  }

  @Test
  @DisplayName("A3 what is no b64token is malformed, whether memory knows its id or not")
  void malformedIsNeverAskedFor() {
    MintedToken known = issued(null);
    String text = known.token().reveal();
    String unknown = format.mint("lk", keys).token().reveal();
    for (String malformed : List.of("", "a b", misspelt(text), misspelt(unknown), text + " x")) {
      assertThat(verifier.verify(unchecked(malformed))).isEqualTo(Refused.MALFORMED);
    }
    assertThat(asked).isEmpty();
    verifier.verify(known.token());
    verifier.verify(text(unknown));
    asked.clear();
    refusals.clear();
    nanos += Duration.ofHours(1).toNanos();
    assertThat(verifier.verify(unchecked(misspelt(text)))).isEqualTo(Refused.MALFORMED);
    assertThat(verifier.verify(unchecked(misspelt(unknown)))).isEqualTo(Refused.MALFORMED);
    assertThat(refresher.getTaskCount()).isZero();
    assertThat(asked).isEmpty();
    assertThat(refusals).isEmpty();
    assertThat(verifier.verify(known.token())).isInstanceOf(Grant.class);
    assertThat(refresher.getTaskCount()).isEqualTo(1);
  }

  @Test
  @DisplayName("A2 no characters but its own pass for a token, also not by their lower halves")
  void theLowerHalvesOfCharactersAreNoToken() {
    MintedToken token = issued(null);
    verifier.verify(token.token());
    String text = token.token().reveal();
    assertThat(verifier.verify(unchecked(text))).isInstanceOf(Grant.class);
    for (int i = 0; i < text.length(); i++) {
      String other = text.substring(0, i) + (char) (text.charAt(i) + 0x100) + text.substring(i + 1);
      assertThat(verifier.verify(unchecked(other))).as("%d", i).isEqualTo(Refused.MALFORMED);
    }
    assertThat(asked).hasSize(1);
  }

  @Test
  void aWellTaggedTokenThatIsNotStoredIsUnknown() {
    assertThat(verifier.verify(format.mint("lk", keys).token())).isEqualTo(Refused.UNKNOWN);
  }

  @Test
  @DisplayName("A20 expires to the millisecond, from memory as well")
  void expiresToTheMillisecond() {
    MintedToken token = issued(NOON);
    clock.set(NOON.minusMillis(1));
    assertThat(verifier.verify(token.token())).isInstanceOf(Grant.class);
    clock.set(NOON);
    assertThat(verifier.verify(token.token())).isEqualTo(Refused.EXPIRED);
    clock.set(NOON.minusMillis(1));
    assertThat(verifier.verify(token.token())).isEqualTo(Refused.EXPIRED);
    assertThat(asked).hasSize(1);
  }

  @Test
  void namesTheReasonOfARefusal() {
    MintedToken off = format.mint("lk", keys);
    store.put(TokenFormat.idOf(off.id()), new Unusable(Refused.DEACTIVATED, off.hash(), "client"));
    MintedToken disabled = format.mint("lk", keys);
    store.put(
        TokenFormat.idOf(disabled.id()),
        new Unusable(Refused.THIRD_PARTY_DISABLED, disabled.hash(), "client"));
    MintedToken another = format.mint("lk", keys);
    store.put(
        TokenFormat.idOf(another.id()),
        new Unusable(Refused.DEACTIVATED, TokenHash.of("another secret"), "client"));
    assertThat(verifier.verify(off.token())).isEqualTo(Refused.DEACTIVATED);
    assertThat(verifier.verify(disabled.token())).isEqualTo(Refused.THIRD_PARTY_DISABLED);
    assertThat(verifier.verify(another.token())).isEqualTo(Refused.UNKNOWN);
  }

  @Test
  @DisplayName("spring-security#9395 a store that is down is not a bad token, and mends itself")
  void unavailableIsNoRefusal() {
    MintedToken known = issued(null);
    verifier.verify(known.token());
    MintedToken token = issued(null);
    down = true;
    assertThat(verifier.verify(token.token())).isEqualTo(Unavailable.INSTANCE);
    assertThat(verifier.failing()).isTrue();
    assertThat(verifier.verify(known.token())).isInstanceOf(Grant.class);
    down = false;
    assertThat(verifier.verify(token.token())).isInstanceOf(Grant.class);
    assertThat(verifier.failing()).isFalse();
  }

  @Test
  @DisplayName("E3 a node that is asked for nothing because it failed does not fail for ever")
  void failingIsForgotten() {
    down = true;
    verifier.verify(issued(null).token());
    nanos += Duration.ofSeconds(10).toNanos() - 1;
    assertThat(verifier.failing()).isTrue();
    nanos += 1;
    assertThat(verifier.failing()).isFalse();
  }

  @Test
  void forgetsOnRequest() {
    MintedToken token = issued(null);
    verifier.verify(token.token());
    verifier.forgetToken(token.id());
    verifier.verify(token.token());
    assertThat(asked).hasSize(2);
    verifier.forgetThirdParty("client");
    verifier.verify(token.token());
    assertThat(asked).hasSize(3);
    verifier.forgetAll();
    verifier.verify(token.token());
    assertThat(asked).hasSize(4);
  }

  @Test
  @DisplayName("C3 a tag key added by a rotation counts from then on")
  void takesNewTagKeys() {
    TagKeys rotated = new TagKeys(List.of(new byte[] {3}, new byte[] {2}));
    MintedToken token = format.mint("lk", rotated);
    hold(token, null);
    assertThat(verifier.verify(token.token())).isEqualTo(Refused.FOREIGN);
    keys = rotated;
    verifier.reloadTagKeys();
    assertThat(verifier.verify(token.token())).isInstanceOf(Grant.class);

    MintedToken next = format.mint("lk", anothersKeys);
    hold(next, null);
    keys = anothersKeys;
    verifier.forgetAll();
    assertThat(verifier.verify(next.token())).isInstanceOf(Grant.class);
  }

  private MintedToken issued(@Nullable Instant expiresAt) {
    MintedToken token = format.mint("lk", keys);
    hold(token, expiresAt);
    return token;
  }

  private void hold(MintedToken token, @Nullable Instant expiresAt) {
    long id = TokenFormat.idOf(token.id());
    store.put(
        id,
        new Grant(
            id,
            token.hash(),
            new Grant.Holder("client", "Express", AllowedNetworks.of(List.of("10.0.0.0/8"))),
            Set.of("a"),
            expiresAt == null ? Grant.NEVER : expiresAt.toEpochMilli(),
            null,
            new UseCounter(id, used::add)));
  }

  private Finding find(long id) {
    asked.add(id);
    if (down) {
      throw new IllegalStateException("down");
    }
    return store.getOrDefault(id, new Unusable(Refused.UNKNOWN, null, null));
  }

  /** The secret with a character in it that no token has. */
  private static String misspelt(String text) {
    return text.substring(0, 30) + '!' + text.substring(31);
  }

  private static BearerToken unchecked(String text) {
    return BearerToken.unchecked("Bearer " + text, "Bearer ".length());
  }

  private static BearerToken text(String text) {
    return BearerToken.parse(text).orElseThrow();
  }
}
