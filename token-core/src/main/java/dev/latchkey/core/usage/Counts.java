package dev.latchkey.core.usage;

import dev.latchkey.core.store.DatabaseKind;
import dev.latchkey.core.usage.UsageRecorder.Tally;
import dev.latchkey.core.usage.UsageRecorder.TokenDay;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;

/**
 * Adds counts to the tables, by plain JDBC, so that an application with the filter needs no
 * persistence provider. One statement adds or inserts, since several nodes begin the days of the
 * same tokens after midnight; a batch of them is one round trip where the driver can do that.
 */
final class Counts {

  private static final String USES_POSTGRESQL =
      """
      insert into token_usage as u (token_id, used_on, uses, last_used_at, last_used_from)
      values (?, ?, ?, ?, ?)
      on conflict (token_id, used_on) do update
      set uses = u.uses + excluded.uses,
        last_used_from = case
          when u.last_used_at <= excluded.last_used_at then excluded.last_used_from
          else u.last_used_from end,
        last_used_at = greatest(u.last_used_at, excluded.last_used_at)
      """;

  // last_used_from first: MariaDB lets later assignments see what earlier ones have set.
  private static final String USES_MARIADB =
      """
      insert into token_usage (token_id, used_on, uses, last_used_at, last_used_from)
      values (?, ?, ?, ?, ?)
      on duplicate key update
        uses = uses + value(uses),
        last_used_from =
          if(last_used_at <= value(last_used_at), value(last_used_from), last_used_from),
        last_used_at = greatest(last_used_at, value(last_used_at))
      """;

  private static final String USES_H2 =
      """
      merge into token_usage as u
      using (select cast(? as varchar(10)) as token_id, cast(? as date) as used_on,
        cast(? as bigint) as uses, cast(? as timestamp(9) with time zone) as last_used_at,
        cast(? as varchar(45)) as last_used_from) as n
      on u.token_id = n.token_id and u.used_on = n.used_on
      when matched then update
      set uses = u.uses + n.uses,
        last_used_from =
          case when u.last_used_at <= n.last_used_at then n.last_used_from else u.last_used_from end,
        last_used_at = greatest(u.last_used_at, n.last_used_at)
      when not matched then
      insert (token_id, used_on, uses, last_used_at, last_used_from)
      values (n.token_id, n.used_on, n.uses, n.last_used_at, n.last_used_from)
      """;

  private static final String REFUSALS_POSTGRESQL =
      """
      insert into refusal as r (refused_at, reason, token_id, refusals)
      values (?, ?, ?, ?)
      on conflict (refused_at, reason, token_id) do update
      set refusals = r.refusals + excluded.refusals
      """;

  private static final String REFUSALS_MARIADB =
      """
      insert into refusal (refused_at, reason, token_id, refusals)
      values (?, ?, ?, ?)
      on duplicate key update refusals = refusals + value(refusals)
      """;

  private static final String REFUSALS_H2 =
      """
      merge into refusal as r
      using (select cast(? as timestamp(9) with time zone) as refused_at,
        cast(? as varchar(30)) as reason, cast(? as varchar(10)) as token_id,
        cast(? as bigint) as refusals) as n
      on r.refused_at = n.refused_at and r.reason = n.reason and r.token_id = n.token_id
      when matched then update set refusals = r.refusals + n.refusals
      when not matched then
      insert (refused_at, reason, token_id, refusals)
      values (n.refused_at, n.reason, n.token_id, n.refusals)
      """;

  private final DatabaseKind kind;

  Counts(DatabaseKind kind) {
    this.kind = kind;
  }

  /** Adds uses in the transaction of a connection; answers how many rows. */
  int addUses(Connection connection, List<Map.Entry<TokenDay, Tally>> uses) throws SQLException {
    String sql =
        switch (kind) {
          case H2 -> USES_H2;
          case POSTGRESQL -> USES_POSTGRESQL;
          case MARIADB -> USES_MARIADB;
        };
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Map.Entry<TokenDay, Tally> each : uses) {
        Tally tally = each.getValue();
        statement.setString(1, each.getKey().tokenId());
        statement.setObject(2, each.getKey().day());
        statement.setLong(3, tally.uses());
        set(statement, 4, tally.lastAt());
        statement.setString(5, tally.lastFrom());
        statement.addBatch();
      }
      return statement.executeBatch().length;
    }
  }

  /** Adds refusals in the transaction of a connection; answers how many rows. */
  int addRefusals(Connection connection, List<Map.Entry<Refusal.Id, Long>> refusals)
      throws SQLException {
    String sql =
        switch (kind) {
          case H2 -> REFUSALS_H2;
          case POSTGRESQL -> REFUSALS_POSTGRESQL;
          case MARIADB -> REFUSALS_MARIADB;
        };
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (Map.Entry<Refusal.Id, Long> each : refusals) {
        set(statement, 1, each.getKey().hour());
        statement.setString(2, each.getKey().reason().name());
        statement.setString(3, each.getKey().tokenId());
        statement.setLong(4, each.getValue());
        statement.addBatch();
      }
      return statement.executeBatch().length;
    }
  }

  // MariaDB's column knows no zone, and holds UTC.
  private void set(PreparedStatement statement, int index, Instant instant) throws SQLException {
    if (kind == DatabaseKind.MARIADB) {
      Calendar utc = Calendar.getInstance(TimeZone.getTimeZone("UTC"), Locale.ROOT);
      statement.setTimestamp(index, Timestamp.from(instant), utc);
    } else {
      statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
    }
  }
}
