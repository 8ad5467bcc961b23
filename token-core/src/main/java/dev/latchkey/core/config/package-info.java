/**
 * The configuration keys and their values, read once. {@link dev.latchkey.core.config.Key} lists
 * the keys, {@link dev.latchkey.core.config.Settings} reads them.
 */
@NullMarked
package dev.latchkey.core.config;

import org.jspecify.annotations.NullMarked;
