/**
 * The database settings become an EntityManagerFactory, migrations make the tables.:Start with
 * {@link dev.latchkey.core.store.Database}.
 */
@NullMarked
package dev.latchkey.core.store;

import org.jspecify.annotations.NullMarked;
