/**
 * Bounds on what strangers can make the server do. Start with {@link
 * dev.latchkey.admin.admission.Admission}.
 */
@NullMarked
package dev.latchkey.admin.admission;

import org.jspecify.annotations.NullMarked;
