/**
 * Servers that are not Arquillian's to start: each unpacked from Maven Central by the build, set up
 * in a folder of its own, started as a process and stopped for sure. Begin at {@link
 * dev.latchkey.it.server.ServerKind}.
 */
@NullMarked
package dev.latchkey.it.server;

import org.jspecify.annotations.NullMarked;
