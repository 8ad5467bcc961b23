package dev.latchkey.core.verify;

/**
 * What the database answered when it was asked for tokens, since the start. Immutable.
 *
 * @param found the token was there
 * @param unknown the token was not there
 * @param failed the database did not answer
 */
public record Lookups(long found, long unknown, long failed) {}
