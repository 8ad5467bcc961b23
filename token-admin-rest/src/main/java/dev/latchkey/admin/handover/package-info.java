/** One-time links that hand a third party its credentials, over HTTP. */
@NullMarked
package dev.latchkey.admin.handover;

import org.jspecify.annotations.NullMarked;
