package dev.latchkey.admin.signin;

import java.util.OptionalLong;

/**
 * Lets one of a kind through a second, and counts the others, so that nobody can fill the audit
 * trail. Thread-safe.
 */
final class Flood {

  private static final long INTERVAL_MILLIS = 1000;

  private long next;
  private long leftOut;

  /** How many were left out since the last that was let through; empty when this one is, too. */
  synchronized OptionalLong next(long nowMillis) {
    if (nowMillis < next && next - nowMillis <= INTERVAL_MILLIS) {
      leftOut++;
      return OptionalLong.empty();
    }
    next = nowMillis + INTERVAL_MILLIS;
    long before = leftOut;
    leftOut = 0;
    return OptionalLong.of(before);
  }
}
