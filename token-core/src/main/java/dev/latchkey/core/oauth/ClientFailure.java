package dev.latchkey.core.oauth;

import java.time.Instant;

/**
 * Why a client could not be authenticated. For an admin; the client is never told.
 *
 * @param at the last time
 * @param from the address that the request came from
 * @param count how often, at least once
 */
public record ClientFailure(Reason reason, Instant at, String from, long count) {

  /** What was wrong. */
  public enum Reason {
    /** The client secret is none of this client's, or has ended. */
    WRONG_SECRET("wrong-secret"),
    /** The secret was right, but the third party is disabled. */
    DISABLED("third-party-disabled"),
    /** The secret was right, but the address is outside of the third party's networks. */
    NETWORK("network");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
