package io.paddock.replica;

import io.paddock.wire.ErrorCode;

/**
 * Makes feed items that this release's core never makes, for tests of those who follow the feed.
 */
public final class FeedItems {
  private FeedItems() {}

  /** Appends an answer without a transaction behind {@code last}. */
  public static void append(FeedItem last, Submission submission, ErrorCode error) {
    last.linkNext(FeedItem.answer(last.tree(), submission, error));
  }
}
