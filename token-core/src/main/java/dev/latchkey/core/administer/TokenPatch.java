package dev.latchkey.core.administer;

import org.jspecify.annotations.Nullable;

/**
 * What is to change of a token; null leaves it as it is.
 *
 * @param label the new label; empty for none
 */
public record TokenPatch(@Nullable Boolean active, @Nullable String label) {}
