package dev.latchkey.core.token;

/**
 * A token just minted: its public id, its secret text, to be shown once, and the hash to store.
 *
 * @param id the public handle
 * @param prefix the prefix that it was minted with
 * @param token the secret
 * @param hash what is stored
 */
public record MintedToken(String id, String prefix, BearerToken token, TokenHash hash) {}
