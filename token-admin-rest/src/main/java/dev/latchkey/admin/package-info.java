/** The admin REST API, put together. Start with {@code ApiApplication}. */
@NullMarked
package dev.latchkey.admin;

import org.jspecify.annotations.NullMarked;
