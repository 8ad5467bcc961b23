package dev.latchkey.core.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the requests that were refused before a token was known or because none could be checked.
 * All others are counted where tokens are checked. The counts never decrease. Thread-safe.
 */
public final class DoorCounts {

  private final LongAdder noCredentials = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private final LongAdder unavailable = new LongAdder();

  /** Begins at zero. */
  public DoorCounts() {}

  /** Counts a request without credentials. */
  public void noCredentials() {
    noCredentials.increment();
  }

  /** Counts a request that was answered 400. */
  public void malformed() {
    malformed.increment();
  }

  /** Counts a request whose token could not be checked. */
  public void unavailable() {
    unavailable.increment();
  }

  /** Requests without credentials so far. */
  public long withoutCredentials() {
    return noCredentials.sum();
  }

  /** Requests answered 400 so far. */
  public long malformedRequests() {
    return malformed.sum();
  }

  /** Requests so far whose token could not be checked. */
  public long uncheckedRequests() {
    return unavailable.sum();
  }
}
