/**
 * What a token is its text, its parts, its hash, its row and its status.:Start with {@link
 * dev.latchkey.core.token.TokenFormat}.
 */
@NullMarked
package dev.latchkey.core.token;

import org.jspecify.annotations.NullMarked;
