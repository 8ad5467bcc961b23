package dev.latchkey.core.verify;

import dev.latchkey.core.token.TokenHash;
import dev.latchkey.core.verify.Verdict.Refused;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the database said about a token id, and when it was asked. Whether the token has expired is
 * not in it: that is compared with the clock at each check.
 */
final class Answer {

  private static final VarHandle REFRESH_AT;

  static {
    try {
      REFRESH_AT = MethodHandles.lookup().findVarHandle(Answer.class, "refreshAt", long.class);
    } catch (ReflectiveOperationException fieldIsThere) {
      throw new ExceptionInInitializerError(fieldIsThere);
    }
  }

  private final Finding finding;
  private final long askedAt;

  @SuppressWarnings("FieldMayBeFinal") // changed by REFRESH_AT
  private volatile long refreshAt;

  /**
   * An answer.
   *
   * @param askedAt the ticker's nanoseconds before the database was asked
   * @param refreshAt the ticker's nanoseconds from which it should be asked again
   */
  Answer(Finding finding, long askedAt, long refreshAt) {
    this.finding = finding;
    this.askedAt = askedAt;
    this.refreshAt = refreshAt;
  }

  /** What the database says of a token id: a grant, which is good until it expires, or why not. */
  sealed interface Finding permits Grant, Unusable {}

  /**
   * A token that is refused whatever the time.
   *
   * @param hash the token's hash; null when the id is unknown
   * @param thirdPartyId its third party; null when the id is unknown
   */
  record Unusable(Refused reason, @Nullable TokenHash hash, @Nullable String thirdPartyId)
      implements Finding {}

  boolean admits() {
    return finding instanceof Grant;
  }

  boolean concerns(String thirdPartyId) {
    return finding instanceof Grant grant
        ? grant.clientId().equals(thirdPartyId)
        : finding instanceof Unusable unusable && thirdPartyId.equals(unusable.thirdPartyId);
  }

  Finding finding() {
    return finding;
  }

  boolean olderThan(long nanos, long now) {
    return now - askedAt > nanos;
  }

  /** Whether it is time to ask again and this caller is the one to do it. */
  boolean claimRefresh(long now, long retryAfter) {
    long due = refreshAt;
    return now - due >= 0 && REFRESH_AT.compareAndSet(this, due, now + retryAfter);
  }

  /** When the token was over that was seen expired; {@link Grant#NEVER} when none was. */
  long seenOverAt() {
    return finding instanceof Grant grant ? grant.seenOverAt() : Grant.NEVER;
  }

  /** Takes over that the token was seen expired when this was its end, or a later one. */
  void succeed(long overAt) {
    if (finding instanceof Grant grant) {
      grant.succeed(overAt);
    }
  }

  /** Takes over from the answer before what a clock set back must not undo. */
  void succeed(Answer earlier) {
    succeed(earlier.seenOverAt());
  }
}
