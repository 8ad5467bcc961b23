package dev.latchkey.core.oauth;

import dev.latchkey.core.token.CertificateThumbprint;
import java.time.Instant;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an active token (RFC 7662 §2.2). Immutable.
 *
 * @param tokenId the token's public id ({@code jti})
 * @param clientId the third party's Client ID ({@code client_id}, {@code sub})
 * @param name the third party's name ({@code username})
 * @param scopes what it may do now; unmodifiable
 * @param expiresAt null when it does not expire
 * @param certificate the client certificate that it is bound to ({@code cnf}, RFC 8705 §3.2); null
 *     for none
 */
public record Introspection(
    String tokenId,
    String clientId,
    String name,
    SortedSet<String> scopes,
    Instant issuedAt,
    @Nullable Instant expiresAt,
    @Nullable CertificateThumbprint certificate) {}
