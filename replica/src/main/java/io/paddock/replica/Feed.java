package io.paddock.replica;

import io.paddock.tree.Tree;

/**
 * The feed as its writer sees it: the end, where it grows, and how far back it is still linked.
 * Confined to the core's thread; the followers see nothing but the links.
 */
final class Feed {
  private final Renewals renewals = new Renewals();
  private FeedItem linkedFrom;
  private FeedItem last;

  Feed(Tree recovered) {
    last = FeedItem.start(recovered);
    linkedFrom = last;
  }

  /** The end. */
  FeedItem last() {
    return last;
  }

  /** Sessions whose old connections may not have heard of their renewal by the feed. */
  Renewals renewals() {
    return renewals;
  }

  void publish(FeedItem item) {
    last.linkNext(item);
    last = item;
    renewals.published(item);
  }

  /** All followers have come to {@code place}. */
  void followed(long place) {
    renewals.followed(place);
    unlinkBefore(place);
  }

  /**
   * Unlinks what all followers have behind them. It is garbage as it is; but one item that has
   * grown old before it died would keep everything after it alive in every collection of the young
   * generation, until the old one is collected.
   *
   * @param place of the follower furthest behind
   */
  private void unlinkBefore(long place) {
    while (linkedFrom != last && linkedFrom.place() < place) {
      linkedFrom = linkedFrom.unlink();
    }
  }
}
