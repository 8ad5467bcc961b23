/** Who calls, and in which role. Start with {@link dev.latchkey.admin.signin.SignInFilter}. */
@NullMarked
package dev.latchkey.admin.signin;

import org.jspecify.annotations.NullMarked;
