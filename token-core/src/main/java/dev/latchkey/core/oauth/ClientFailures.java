package dev.latchkey.core.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last failed authentications of each client, as this node has seen them since its start. The
 * same failure from the same address is kept once, with a count. Bounded however many fail, and
 * nothing is written down: a stranger who guesses must not cost the database a row. Thread-safe.
 */
final class ClientFailures {

  /** How many are kept of a client. */
  static final int KEPT = 5;

  private static final int MOST_CLIENTS = 10_000;

  private final Cache<String, List<ClientFailure>> failures =
      Caffeine.newBuilder().maximumSize(MOST_CLIENTS).executor(Runnable::run).build();

  /**
   * An authentication has failed.
   *
   * @param clientId of a client that exists: it is kept
   */
  void add(String clientId, ClientFailure.Reason reason, String from, Instant at) {
    failures.asMap().compute(clientId, (same, before) -> added(before, reason, from, at));
  }

  private static List<ClientFailure> added(
      @Nullable List<ClientFailure> before, ClientFailure.Reason reason, String from, Instant at) {
    long count = 1;
    List<ClientFailure> after = new ArrayList<>(KEPT);
    for (ClientFailure each : before == null ? List.<ClientFailure>of() : before) {
      if (each.reason() == reason && each.from().equals(from)) {
        count += each.count();
      } else {
        after.add(each);
      }
    }
    after.add(0, new ClientFailure(reason, at, from, count));
    return List.copyOf(after.subList(0, Math.min(after.size(), KEPT)));
  }

  /** The last failures of a client, newest first; at most {@link #KEPT}. */
  List<ClientFailure> of(String clientId) {
    List<ClientFailure> known = failures.getIfPresent(clientId);
    return known == null ? List.of() : known;
  }
}
