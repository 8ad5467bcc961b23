/**
 * What runs in the application, for those that the server makes and nobody hands anything to. Start
 * with {@link dev.latchkey.admin.running.Running}.
 */
@NullMarked
package dev.latchkey.admin.running;

import org.jspecify.annotations.NullMarked;
