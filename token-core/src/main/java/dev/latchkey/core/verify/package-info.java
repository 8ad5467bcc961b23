/**
 * The check of a token, in front of the database a cache. Start with {@link
 * dev.latchkey.core.verify.TokenVerifier}.
 */
@NullMarked
package dev.latchkey.core.verify;

import org.jspecify.annotations.NullMarked;
