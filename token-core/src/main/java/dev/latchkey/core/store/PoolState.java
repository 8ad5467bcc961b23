package dev.latchkey.core.store;

/**
 * The connections of our own pool at one time. Immutable.
 *
 * @param active connections in use
 * @param idle connections at rest
 * @param waiting threads that wait for a connection
 */
public record PoolState(int active, int idle, int waiting) {}
