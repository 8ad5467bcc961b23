/** What tests share: databases and clocks. Start with {@link dev.latchkey.core.testing.Server}. */
@NullMarked
package dev.latchkey.core.testing;

import org.jspecify.annotations.NullMarked;
