/** The audit trail over HTTP. */
@NullMarked
package dev.latchkey.admin.audit;

import org.jspecify.annotations.NullMarked;
