/**
 * Rules about the shape of the code of all modules. Start reading at {@link
 * dev.latchkey.architecture.RoomsTest}.
 */
@NullMarked
package dev.latchkey.architecture;

import org.jspecify.annotations.NullMarked;
