/** Probes for whoever runs the server. */
@NullMarked
package dev.latchkey.admin.health;

import org.jspecify.annotations.NullMarked;
