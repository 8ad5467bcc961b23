package dev.latchkey.core.administer;

import dev.latchkey.core.config.Lifetime;
import org.jspecify.annotations.Nullable;

/**
 * Which third parties are wanted; null for any.
 *
 * @param namePrefix how the name begins, whatever the case
 * @param enabled whether it is enabled
 * @param expiringWithin an active token of it expires within this time from now
 */
public record ThirdPartyFilter(
    @Nullable String namePrefix, @Nullable Boolean enabled, @Nullable Lifetime expiringWithin) {

  /** All of them. */
  public static final ThirdPartyFilter ALL = new ThirdPartyFilter(null, null, null);
}
