package dev.latchkey.core.administer;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What somebody with a one-time link is told. */
public sealed interface HandoverOutcome {

  /**
   * It can be opened.
   *
   * @param name of the third party
   * @param from who made the link
   */
  record Ready(String name, String from, Instant expiresAt) implements HandoverOutcome {}

  /**
   * It was opened now. Does not tell its secrets as text.
   *
   * @param name of the third party
   * @param from who made the link
   * @param clientSecret null when the link does not hand one over
   */
  record Opened(
      String name,
      String from,
      String clientId,
      @Nullable String clientSecret,
      TokenView token,
      String tokenText)
      implements HandoverOutcome {

    @Override
    public String toString() {
      return "Opened[" + token.hint() + "]";
    }
  }

  /**
   * It can't be opened any more.
   *
   * @param from who made the link; to be asked for another one
   * @param openedAt when it was opened; null when it was not
   */
  record Over(String from, @Nullable Instant openedAt) implements HandoverOutcome {}

  /** There is no such link. */
  enum Unknown implements HandoverOutcome {
    /** The one. */
    INSTANCE
  }
}
