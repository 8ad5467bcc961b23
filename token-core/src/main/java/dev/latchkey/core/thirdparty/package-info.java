/**
 * Who is let in third parties, their client secrets and their networks.:Start with {@link
 * dev.latchkey.core.thirdparty.ThirdParty}.
 */
@NullMarked
package dev.latchkey.core.thirdparty;

import org.jspecify.annotations.NullMarked;
