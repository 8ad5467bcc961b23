/** The explanation why access works or not, over HTTP. */
@NullMarked
package dev.latchkey.admin.access;

import org.jspecify.annotations.NullMarked;
