package dev.latchkey.admin.signin;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.latchkey.admin.admission.Fingerprint;
import dev.latchkey.core.thirdparty.ClientAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Decides which failures of a kind are written to the audit trail: of each name the first five, the
 * first from each of the first twenty addresses, and from then on one after a minute, two minutes,
 * four, at last one an hour, which counts those left out. A flood of days so adds one event an hour
 * for each name that exists. After an hour without a failure it begins anew. Bounded; thread-safe.
 */
final class FailureFold {

  private static final int ONE_BY_ONE = 5;
  private static final int MOST_PLACES = 20;
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int MOST_DOUBLINGS = 6;
  private static final int MOST_NAMES = 2000;

  private final Ticker ticker;

  // In the order of use, so that whoever failed longest ago is forgotten first.
  private final Map<String, State> states =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, State> eldest) {
          return size() > MOST_NAMES;
        }
      };

  FailureFold(Ticker ticker) {
    this.ticker = ticker;
  }

  /** What is known of a name. */
  private static final class State {

    private final Set<Fingerprint> places = new HashSet<>();
    private int written;
    private long leftOut;
    private long nextNanos;

    boolean isFirstFrom(String address) {
      return places.size() < MOST_PLACES
          && places.add(Fingerprint.of(ClientAddress.place(address)));
    }
  }

  /**
   * A failure has happened.
   *
   * @param name of somebody who exists, or one name for all who do not: it is kept
   * @param address where it came from; it is not kept
   * @return how many were left out since the last that was written; empty when this one is, too
   */
  synchronized OptionalLong next(String name, String address) {
    long now = ticker.read();
    State known = states.get(name);
    State state = known == null ? new State() : known;
    if (known == null) {
      state.nextNanos = now;
      states.put(name, state);
    }
    if (now - state.nextNanos >= LONGEST_PAUSE.toNanos()) {
      state.written = 0;
      state.places.clear();
    }
    boolean first = state.isFirstFrom(address);
    if (now - state.nextNanos < 0 && !first) {
      state.leftOut++;
      return OptionalLong.empty();
    }
    if (now - state.nextNanos >= 0) {
      state.written++;
      state.nextNanos = now + pause(state.written - ONE_BY_ONE).toNanos();
    }
    long before = state.leftOut;
    state.leftOut = 0;
    return OptionalLong.of(before);
  }

  /** What {@link #next} let through could not be written: the next failure is written for it. */
  synchronized void notWritten(String name, long leftOut) {
    State state = states.get(name);
    if (state != null) {
      state.leftOut += leftOut + 1;
      state.nextNanos = ticker.read();
    }
  }

  private static Duration pause(int more) {
    if (more < 0) {
      return Duration.ZERO;
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(more, MOST_DOUBLINGS));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }
}
