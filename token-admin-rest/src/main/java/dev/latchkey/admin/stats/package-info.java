/** The dashboard's figures over HTTP. */
@NullMarked
package dev.latchkey.admin.stats;

import org.jspecify.annotations.NullMarked;
