/**
 * Which token was used when and how often, counted in memory and written in batches. Start with
 * {@link dev.latchkey.core.usage.UsageRecorder}.
 */
@NullMarked
package dev.latchkey.core.usage;

import org.jspecify.annotations.NullMarked;
