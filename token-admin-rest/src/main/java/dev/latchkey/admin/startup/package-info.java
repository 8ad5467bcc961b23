/**
 * What runs once the database is there, and how it comes to run. Start with {@link
 * dev.latchkey.admin.startup.AdminStartup}.
 */
@NullMarked
package dev.latchkey.admin.startup;

import org.jspecify.annotations.NullMarked;
