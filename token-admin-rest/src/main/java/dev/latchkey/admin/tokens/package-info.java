/** Tokens over HTTP. */
@NullMarked
package dev.latchkey.admin.tokens;

import org.jspecify.annotations.NullMarked;
