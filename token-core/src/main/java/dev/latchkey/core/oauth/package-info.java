/**
 * OAuth 2.0 for third parties: tokens by client credentials and by authorization code,
 * introspection and revocation. Start with {@link dev.latchkey.core.oauth.OAuthGrants}.
 */
@NullMarked
package dev.latchkey.core.oauth;

import org.jspecify.annotations.NullMarked;
