/**
 * Errors as problem documents (RFC 9457). Start with {@link
 * dev.latchkey.admin.problem.ProblemMapper}.
 */
@NullMarked
package dev.latchkey.admin.problem;

import org.jspecify.annotations.NullMarked;
