/**
 * The console's files, and what every page of ours tells browsers. Start with {@link
 * dev.latchkey.admin.console.ConsoleServlet}.
 */
@NullMarked
package dev.latchkey.admin.console;

import org.jspecify.annotations.NullMarked;
