/**
 * What runs inside of tested applications: classes as a team would write them, packed into WARs by
 * {@code dev.latchkey.it.Applications}. Only what stands here may see Jakarta EE and the filter
 * jar.
 */
@NullMarked
package dev.latchkey.it.app;

import org.jspecify.annotations.NullMarked;
