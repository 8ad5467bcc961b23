/**
 * Single sign-on: the server signs people in with an OpenID provider (Jakarta Security 3.0). Start
 * with {@link dev.latchkey.admin.sso.OpenIdExtension}.
 */
@NullMarked
package dev.latchkey.admin.sso;

import org.jspecify.annotations.NullMarked;
