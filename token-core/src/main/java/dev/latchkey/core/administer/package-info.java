/**
 * The commands of an admin; one method is one transaction: state, feed row and audit row. Start
 * with {@link dev.latchkey.core.administer.TokenAdministration}.
 */
@NullMarked
package dev.latchkey.core.administer;

import org.jspecify.annotations.NullMarked;
