package dev.latchkey.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.core.config.Settings;
import dev.latchkey.core.store.Database;
import dev.latchkey.core.thirdparty.ThirdParty;
import dev.latchkey.core.token.AccessToken;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import dev.latchkey.core.verify.Grant;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LatchkeyNodeTest {

  @Test
  void smoke() {
    Settings settings =
        Settings.read(
            Map.of(),
            Map.of("latchkey.jdbc.url", "jdbc:h2:mem:smoke;DB_CLOSE_DELAY=-1"),
            Map.of(),
            Map.of());
    long t0 = System.nanoTime();
    Database database = Database.migrate(settings, LatchkeyNode.entities());
    System.out.println("migrate+open " + (System.nanoTime() - t0) / 1_000_000);
    byte[] key = new byte[32];
    TagKeys keys = new TagKeys(List.of(key));
    MintedToken minted = new TokenFormat(new SecureRandom()).mint("lk", keys);
    database.transact(
        em -> {
          em.persist(new TagKeyRow(1, key, Instant.now()));
          ThirdParty tp =
              new ThirdParty(
                  "tp1", "Express", true, ThirdParty.Authorization.MANUAL, Instant.now(), "admin");
          tp.scopes(List.of("a", "b"));
          em.persist(tp);
          em.persist(
              new AccessToken(minted, "tp1", null, List.of("a"), Instant.now(), "admin", null));
          return null;
        });
    t0 = System.nanoTime();
    try (LatchkeyNode node = LatchkeyNode.open(settings, Clock.systemUTC(), System::nanoTime)) {
      System.out.println("open " + (System.nanoTime() - t0) / 1_000_000);
      assertThat(node.verifier().verify(minted.token()))
          .isInstanceOfSatisfying(
              Grant.class,
              grant -> {
                grant.used(System.currentTimeMillis(), "127.0.0.1");
                node.usage().flush();
                grant.used(System.currentTimeMillis(), "127.0.0.1");
                node.usage().flush();
              });
      System.out.println(
          database.<Object>read(
              em -> em.createNativeQuery("select * from token_usage").getResultList().size()));
    }
    database.close();
  }
}
