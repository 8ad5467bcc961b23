package dev.latchkey.core.administer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.latchkey.core.config.InvalidConfigurationException;
import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.HomeFolder;
import dev.latchkey.core.store.ServerDataSource;
import dev.latchkey.core.testing.Server;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Somebody with write access to the database can't change the trail unseen (issue 14.7). */
class AuditTrailTest {

  private static final Actor ADMIN = new Actor("ada", "127.0.0.1");
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

  private final Settings settings = Server.H2.settings();
  private final Administration administration = opened(settings);
  private final AuditTrail trail = administration.audit();
  private int made;

  private static Administration opened(Settings settings) {
    return Administration.open(
        settings, ServerDataSource.lookedUp(settings), NOON, new SecureRandom(), List.of());
  }

  @AfterEach
  void closes() {
    administration.close();
  }

  private void events(int count) {
    for (int i = 0; i < count; i++) {
      int number = ++made;
      administration
          .commands()
          .<Boolean>carryOut(
              ADMIN,
              command -> {
                command.did("test", null, null, Map.of("n", number));
                return true;
              });
    }
  }

  private void sql(String sql, Object... values) {
    administration
        .database()
        .<Integer>ask(
            connection -> {
              try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                  statement.setObject(i + 1, values[i]);
                }
                return statement.executeUpdate();
              }
            });
  }

  private AuditVerification verified() {
    return trail.verify(null);
  }

  @Test
  void isUnbrokenAndNamesItsEnd() {
    events(3);

    AuditVerification found = verified();

    assertThat(found.unbroken()).isTrue();
    assertThat(found.seq()).isEqualTo(3);
    assertThat(found.hash()).hasSize(64);
    assertThat(found.authenticatedFrom()).isEqualTo(1);
    assertThat(trail.verify(AuditAnchor.parse("3", found.hash())).unbroken()).isTrue();
  }

  @Test
  void isBrokenWhereAnEventWasChanged() {
    events(3);
    sql("update audit_event set actor = 'bob' where seq = 2");

    assertThat(verified().firstBroken()).isEqualTo(2);
  }

  @Test
  void isBrokenWhereItsAuthenticationWasTakenAway() {
    events(3);
    sql("update audit_event set key_id = null where seq = 2");

    assertThat(verified().firstBroken()).isEqualTo(2);
  }

  @Test
  void isBrokenWhereEventsWereWrittenWithAnotherKey() {
    events(2);
    Map<String, String> others = new HashMap<>();
    others.put("latchkey.jdbc.url", settings.get(dev.latchkey.core.config.Key.JDBC_URL).get());
    others.put("latchkey.audit.key", "a key of somebody else that is long enough");
    others.put("latchkey.home", "target/homes/another");
    try (Administration another = opened(Settings.read(Map.of(), others, Map.of(), Map.of()))) {
      another
          .commands()
          .<Boolean>carryOut(
              ADMIN,
              command -> {
                command.did("forged", null, null, Map.of());
                return true;
              });
    }

    AuditVerification found = verified();

    assertThat(found.firstBroken()).isEqualTo(3);
    assertThat(found.reason()).contains("a key that this node does not have");
    assertThat(trail.unknownKey()).isPresent();
  }

  @Test
  void isBrokenWhenTheLastEventsWereCutOffTogetherWithTheHead() {
    events(3);
    AuditVerification whole = verified();
    trail.note();
    cutOffBehind(2);

    AuditVerification found = verified();

    assertThat(found.firstBroken()).isEqualTo(3);
    assertThat(found.reason()).contains("cut off");
    assertThat(trail.verify(AuditAnchor.parse("3", whole.hash())).unbroken()).isFalse();
  }

  @Test
  void isBrokenForWhoKeepsAnAnchorAlsoWhenTheNodeHasNotedNothing() {
    events(3);
    AuditAnchor anchor = AuditAnchor.parse("3", ofAnotherNode().verify(null).hash());
    cutOffBehind(2);
    events(1);

    assertThat(ofAnotherNode().verify(null).unbroken()).isTrue();
    assertThat(ofAnotherNode().verify(anchor).firstBroken()).isEqualTo(3);
  }

  // A node that was started since, and has noted nothing.
  private AuditTrail ofAnotherNode() {
    return new AuditTrail(
        administration.database(),
        Clock.systemUTC(),
        AuditKeys.of(settings, () -> HomeFolder.opened(settings), new SecureRandom()),
        new AuditCheckpoint(null));
  }

  // Found by an attacker with the application's account of the database.
  @Test
  void isBrokenWhenAnEventWasCutOffThatThisNodeHasJustWritten() {
    events(3);
    cutOffBehind(2);

    AuditVerification found = verified();

    assertThat(found.unbroken()).isFalse();
    assertThat(found.firstBroken()).isEqualTo(3);
  }

  @Test
  void staysBrokenWhenMoreEventsFollowTheGap() {
    events(3);
    cutOffBehind(2);
    events(5);

    assertThat(verified().unbroken()).isFalse();
  }

  @Test
  void isBrokenByARowBehindTheHead() {
    events(2);
    sql(
        "insert into audit_event select seq + 5, created_at, actor, address, action,"
            + " third_party_id, token_id, detail, previous_hash, hash, key_id from audit_event"
            + " where seq = 2");

    assertThat(verified().unbroken()).isFalse();
  }

  @Test
  void isBrokenWhereAnEventIsMissing() {
    events(3);
    sql("delete from audit_event where seq = 2");

    assertThat(verified().firstBroken()).isEqualTo(2);
  }

  @Test
  void goesOnBehindEventsFromBeforeThereWasAKey() {
    // given: an event as an earlier version has written it
    sql(
        "insert into audit_event (seq, created_at, actor, address, action, detail, previous_hash,"
            + " hash) values (1, timestamp with time zone '2026-01-01 00:00:00Z', 'a', 'b', 'c',"
            + " '{}', cast(? as varbinary(32)), cast(? as varbinary(32)))",
        new byte[32],
        OLD_HASH);
    sql("update audit_head set seq = 1, hash = cast(? as varbinary(32))", (Object) OLD_HASH);
    events(1);

    AuditVerification found = verified();

    assertThat(found.reason()).isNull();
    assertThat(found.authenticatedFrom()).isEqualTo(2);
  }

  @Test
  void refusesAKeyThatIsTooShort() {
    Settings weak = Server.H2.settings("latchkey.audit.key", "short");

    assertThatThrownBy(() -> opened(weak))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("latchkey.audit.key")
        .hasMessageNotContaining("short;");
  }

  private void cutOffBehind(long seq) {
    sql("delete from audit_event where seq > ?", seq);
    sql(
        "update audit_head set seq = ?, hash = (select hash from audit_event where seq = ?)",
        seq,
        seq);
  }

  private static final byte[] OLD_HASH = oldHash();

  // Written out, as the earlier version did it: SHA-256 over lengths and texts.
  private static byte[] oldHash() {
    try {
      java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
      java.io.DataOutputStream out = new java.io.DataOutputStream(bytes);
      out.write(new byte[32]);
      out.writeLong(1);
      out.writeLong(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli());
      for (String text : List.of("a", "b", "c")) {
        out.writeInt(1);
        out.writeBytes(text);
      }
      out.writeInt(-1);
      out.writeInt(-1);
      out.writeInt(2);
      out.writeBytes("{}");
      return java.security.MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    } catch (java.io.IOException | java.security.NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
