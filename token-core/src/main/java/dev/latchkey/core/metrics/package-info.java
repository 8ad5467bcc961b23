/**
 * Counts, and the text that Prometheus reads. Start with {@link
 * dev.latchkey.core.metrics.PrometheusText}.
 */
@NullMarked
package dev.latchkey.core.metrics;

import org.jspecify.annotations.NullMarked;
