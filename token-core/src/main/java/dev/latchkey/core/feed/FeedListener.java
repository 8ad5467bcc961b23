package dev.latchkey.core.feed;

/**
 * Who forgets what a change has made old. Called by one thread at a time, in the order of the
 * changes; when a method returns, no earlier answer may be used any more.
 */
public interface FeedListener {

  /** Something has changed. */
  void changed(Change change);

  /** Anything may have changed. */
  void anythingChanged();
}
