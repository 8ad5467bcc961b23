/**
 * What all requests have in common: queries, preconditions, what was created. Start with {@link
 * dev.latchkey.admin.http.Queries}.
 */
@NullMarked
package dev.latchkey.admin.http;

import org.jspecify.annotations.NullMarked;
