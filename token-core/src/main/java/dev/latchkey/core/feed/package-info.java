/**
 * What has changed, in the order of commits, so that every node forgets old answers. Start with
 * {@link dev.latchkey.core.feed.ChangeFeed}.
 */
@NullMarked
package dev.latchkey.core.feed;

import org.jspecify.annotations.NullMarked;
