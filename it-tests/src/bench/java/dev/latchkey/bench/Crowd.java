package dev.latchkey.bench;

import dev.latchkey.core.administer.Administration;
import dev.latchkey.core.token.MintedToken;
import dev.latchkey.core.token.TagKeyRow;
import dev.latchkey.core.token.TagKeys;
import dev.latchkey.core.token.TokenFormat;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A PostgreSQL database with a great many tokens. All are rows as Latchkey writes them, evenly
 * spread over the third parties; every so many is one whose secret is known here, so that what is
 * looked up lies everywhere in the table.
 *
 * @param database with its tables in a state as after autovacuum
 * @param seconds that loading took
 * @param bytes of the database with its indexes
 */
record Crowd(Installation database, int tokens, int thirdParties, double seconds, long bytes) {

  private static final int MOST_KNOWN = 100_000;
  private static final int MOST_THIRD_PARTIES = 100_000;
  private static final int TOKENS_OF_ONE = 10;
  private static final int LONGEST_STATEMENT_MILLIS = 600_000;

  /** As long as those that Latchkey makes: PostgreSQL plans by how wide rows are. */
  private static final String THIRD_PARTY = "'tp' || lpad((%s)::text, 10, '0')";

  /** Fills an empty database. */
  static Crowd in(String url, String user, int tokens) throws SQLException {
    int thirdParties = Math.min(MOST_THIRD_PARTIES, Math.max(1, tokens / TOKENS_OF_ONE));
    int known = Math.min(MOST_KNOWN, tokens);
    long start = System.nanoTime();
    try (Administration administration = Installation.open(url, user)) {
      TagKeys keys = administration.database().read(TagKeyRow::stored).orElseThrow();
      return administration
          .database()
          .connections()
          .ask(
              LONGEST_STATEMENT_MILLIS,
              connection -> {
                List<String> secrets = known(connection, keys, known);
                load(connection, tokens, tokens / known, thirdParties);
                double seconds = (System.nanoTime() - start) / 1e9;
                return new Crowd(
                    new Installation(url, user, secrets, List.of(), List.of()),
                    tokens,
                    thirdParties,
                    seconds,
                    number(connection, "select pg_database_size(current_database())"));
              });
    }
  }

  private static List<String> known(Connection connection, TagKeys keys, int count)
      throws SQLException {
    TokenFormat format = new TokenFormat(new SecureRandom());
    List<String> secrets = new ArrayList<>(count);
    String[] ids = new String[count];
    String[] hashes = new String[count];
    for (int i = 0; i < count; i++) {
      MintedToken token = format.mint("lk", keys);
      secrets.add(token.token().reveal());
      ids[i] = token.id();
      hashes[i] = HexFormat.of().formatHex(token.hash().toBytes());
    }
    execute(connection, "create unlogged table known (n int, id text, hash bytea)");
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into known select n - 1, id, decode(hash, 'hex')"
                + " from unnest(?, ?) with ordinality as minted (id, hash, n)")) {
      insert.setArray(1, connection.createArrayOf("text", ids));
      insert.setArray(2, connection.createArrayOf("text", hashes));
      insert.executeUpdate();
    }
    return secrets;
  }

  // Indexes are built once, of all rows; what they are like is asked of the database itself.
  private static void load(Connection connection, int tokens, int every, int thirdParties)
      throws SQLException {
    List<String> indexes =
        texts(
            connection,
            "select indexdef from pg_indexes where tablename = 'access_token'"
                + " and indexname not in (select conname from pg_constraint)");
    execute(
        connection,
        // A superuser's way to leave out what a foreign key asks for each row.
        "set session_replication_role = replica",
        "set work_mem = '256MB'",
        "set maintenance_work_mem = '1GB'",
        "do $$ declare name text; begin for name in select indexname from pg_indexes"
            + " where tablename = 'access_token' and indexname not in"
            + " (select conname from pg_constraint) loop execute 'drop index ' || name;"
            + " end loop; end $$",
        "alter table access_token drop constraint access_token_pkey",
        "alter table access_token set unlogged",
        "insert into third_party (id, name, name_key, enabled, authorization_kind, scopes,"
            + " allowed_networks, created_at, created_by, version) select "
            + THIRD_PARTY.formatted("n")
            + ", 'Third Party ' || n, 'third party ' || n, true, 'MANUAL', 'licences:read', '',"
            + " now(), 'bench', 0 from generate_series(0, "
            + (thirdParties - 1)
            + ") n",
        "insert into access_token (id, third_party_id, prefix, hash, label, scopes, created_at,"
            + " created_by, expires_at, version) select coalesce(k.id, translate(left(encode("
            + " sha256(int8send(g)), 'base64'), 10), '+/', 'Aa')), "
            + THIRD_PARTY.formatted("g % " + thirdParties)
            + ", 'lk', coalesce(k.hash, sha256(int8send(-g))), 'Licence portal', 'licences:read',"
            + " now() - g * interval '1 second', 'bench',"
            + " now() + interval '90 days' + g % 10000000 * interval '1 second', 0"
            + " from generate_series(0::bigint, "
            + (tokens - 1L)
            + ") g left join known k on g % "
            + every
            + " = 0 and k.n = g / "
            + every,
        "drop table known",
        "alter table access_token add constraint access_token_pkey primary key (id)");
    execute(connection, indexes.toArray(new String[0]));
    execute(connection, "set session_replication_role = origin", "vacuum analyze", "checkpoint");
  }

  /** The id of a third party, counted from 0. */
  static String thirdParty(int number) {
    return String.format(Locale.ROOT, "tp%010d", number);
  }

  static void execute(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static List<String> texts(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
      return texts;
    }
  }

  static long number(Connection connection, String query) throws SQLException {
    return Long.parseLong(texts(connection, query).get(0));
  }

  /** How many tokens each database is to have, as a comma separated list says. */
  static List<Integer> sizes(String list) {
    return Arrays.stream(list.split(",", -1)).map(size -> Integer.valueOf(size.strip())).toList();
  }
}
