/**
 * Several nodes on one database, and what happens to them when something fails. Start with {@link
 * dev.latchkey.nodes.Cluster}.
 */
@NullMarked
package dev.latchkey.nodes;

import org.jspecify.annotations.NullMarked;
