/**
 * The OAuth endpoints (RFC 6749, 7009, 7636, 7662, 8414, 9207). Start with {@link
 * dev.latchkey.admin.oauth.OAuthServlet}.
 */
@NullMarked
package dev.latchkey.admin.oauth;

import org.jspecify.annotations.NullMarked;
