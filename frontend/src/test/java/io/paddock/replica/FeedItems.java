package io.paddock.replica;

import io.paddock.wire.ErrorCode;

/**
 * Makes feed items that this release's core never makes, for tests of those who follow the feed.
 */
public final class FeedItems {
  private FeedItems() {}

  /** The feed goes on behind {@code last} with the same tree, as if what led to it was not seen. */
  public static void jump(FeedItem last) {
    last.linkNext(FeedItem.jump(last.tree()));
  }

  /** Appends an answer without a transaction behind {@code last}. */
  public static void append(FeedItem last, Submission submission, ErrorCode error) {
    last.linkNext(FeedItem.answer(last.tree(), submission, error));
  }
}
