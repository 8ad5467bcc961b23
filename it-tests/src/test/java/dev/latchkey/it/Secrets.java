package dev.latchkey.it;

import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Every secret that the run has seen, for the search at its end. Thread-safe. */
final class Secrets {

  private final Set<String> seen = new ConcurrentSkipListSet<>();

  String seen(String secret) {
    seen.add(secret);
    return secret;
  }

  Set<String> all() {
    return Set.copyOf(seen);
  }

  @Override
  public String toString() {
    return seen.size() + " secrets";
  }
}
