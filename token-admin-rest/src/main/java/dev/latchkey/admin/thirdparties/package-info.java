/** Third parties over HTTP. */
@NullMarked
package dev.latchkey.admin.thirdparties;

import org.jspecify.annotations.NullMarked;
