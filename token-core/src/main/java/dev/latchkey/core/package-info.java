/**
 * A node, put together. Start with {@link dev.latchkey.core.LatchkeyNode}; the way of a request is
 * in {@code verify}, the way of an admin's command in {@code administer}.
 */
@NullMarked
package dev.latchkey.core;

import org.jspecify.annotations.NullMarked;
