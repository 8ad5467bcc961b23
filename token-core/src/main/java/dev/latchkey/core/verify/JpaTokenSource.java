package dev.latchkey.core.verify;

import dev.latchkey.core.store.Database;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the JPA model for a token, where an application has the model open anyway. */
public final class JpaTokenSource implements TokenSource {

  private static final String QUERY =
      """
      select t.hash, t.scopes, t.expiresAt, t.deactivatedAt,
        p.id, p.name, p.enabled, p.scopes, p.allowedNetworks, t.certificate
      from AccessToken t join ThirdParty p on p.id = t.thirdPartyId
      where t.id = :id
      """;

  private final Database database;

  public JpaTokenSource(Database database) {
    this.database = database;
  }

  @Override
  public @Nullable Stored find(String tokenId) {
    List<Object[]> rows =
        database.read(
            em ->
                em.createQuery(QUERY, Object[].class).setParameter("id", tokenId).getResultList());
    return rows.isEmpty() ? null : stored(rows.get(0));
  }

  private static Stored stored(Object[] row) {
    return new Stored(
        (byte[]) row[0],
        (String) row[1],
        (@Nullable Instant) row[2],
        (@Nullable Instant) row[3],
        (String) row[4],
        (String) row[5],
        (Boolean) row[6],
        (String) row[7],
        (String) row[8],
        (byte @Nullable []) row[9]);
  }
}
