package dev.latchkey.core.oauth;

import java.util.SortedSet;

/**
 * An authorization request that may be shown to somebody for approval (RFC 6749 §4.1.1, RFC 7636
 * §4.3). Immutable.
 *
 * @param redirectUri where the answer goes
 * @param redirectUriGiven whether the request named it; then the token request must name it too
 * @param scopes what is asked for; unmodifiable
 */
public record AuthorizationRequest(
    Client client,
    String redirectUri,
    boolean redirectUriGiven,
    SortedSet<String> scopes,
    String codeChallenge) {}
