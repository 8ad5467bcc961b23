package dev.latchkey.core.administer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which events are wanted; null for any.
 *
 * @param from the first instant
 * @param to the instant behind the last
 */
public record AuditFilter(
    @Nullable String thirdPartyId,
    @Nullable String actor,
    @Nullable Instant from,
    @Nullable Instant to) {

  private static final String INSTANT = "takes an instant of the years 0001 to 9999";

  /**
   * A filter.
   *
   * @throws InvalidInputException when an instant is outside the years 1 to 9999, or a text has
   *     what no database can hold
   */
  public AuditFilter {
    Complaints complaints = new Complaints();
    complaints.unless(
        thirdPartyId == null || Storable.text(thirdPartyId), "third-party", "takes a client id");
    complaints.unless(actor == null || Storable.text(actor), "actor", "takes a name");
    complaints.unless(from == null || Storable.instant(from), "from", INSTANT);
    complaints.unless(to == null || Storable.instant(to), "to", INSTANT);
    complaints.raise();
  }

  /** All of them. */
  public static final AuditFilter ALL = new AuditFilter(null, null, null, null);
}
