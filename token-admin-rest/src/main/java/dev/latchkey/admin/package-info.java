/**
 * The admin WAR, put together. Start with {@link dev.latchkey.admin.AdminStartup}, then {@code
 * ApiApplication}.
 */
@NullMarked
package dev.latchkey.admin;

import org.jspecify.annotations.NullMarked;
