/**
 * The drop-in filter: a request gets in only with an active token. Start with {@link
 * dev.latchkey.filter.BearerTokenFilter}; what it decides and why is in {@code Gate}.
 */
@NullMarked
package dev.latchkey.filter;

import org.jspecify.annotations.NullMarked;
