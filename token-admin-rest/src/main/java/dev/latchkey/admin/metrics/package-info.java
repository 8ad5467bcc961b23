/** The metrics for Prometheus. Start with {@link dev.latchkey.admin.metrics.MetricsServlet}. */
@NullMarked
package dev.latchkey.admin.metrics;

import org.jspecify.annotations.NullMarked;
