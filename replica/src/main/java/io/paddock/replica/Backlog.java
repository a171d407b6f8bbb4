package io.paddock.replica;

import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What is logged and not published yet, in order, and the two trees at its ends: the prospective
 * one has everything logged, the one at the end of the feed everything published. They are two
 * roots of one persistent structure, so what was logged and then lost is undone by forgetting a
 * reference. One thread.
 */
final class Backlog {
  private final ArrayDeque<FeedItem> pending = new ArrayDeque<>();

  /** Those answers among them that are not to be given yet: syncs, until they are confirmed. */
  private final ArrayDeque<FeedItem> unconfirmed = new ArrayDeque<>();

  private final Feed feed;
  private final DigestRing digests;
  private Tree prospective;

  /** What the oldest pending item was made on: at the end of the feed, or to go there before it. */
  private Tree base;

  /** The feed begins with {@code recovered}. */
  Backlog(Tree recovered) {
    this(new Feed(recovered), recovered, new DigestRing());
  }

  private Backlog(Feed feed, Tree prospective, DigestRing digests) {
    this.feed = feed;
    this.prospective = prospective;
    this.base = prospective;
    this.digests = digests;
  }

  /** An empty one behind the same feed, on another tree. This one can be gone back to. */
  Backlog on(Tree tree) {
    return new Backlog(feed, tree, digests);
  }

  /** The tree with everything logged. */
  Tree prospective() {
    return prospective;
  }

  /** The end of the feed. */
  FeedItem last() {
    return feed.last();
  }

  /** The last that was logged and is not published; null when there is none. */
  FeedItem newest() {
    return pending.peekLast();
  }

  int size() {
    return pending.size();
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  List<ZxidDigest> digests() {
    return digests.list();
  }

  /** A transaction was logged. */
  void log(FeedItem item) {
    prospective = item.tree();
    pending.addLast(item);
  }

  /** Answers without a transaction, behind everything that was logged before. */
  void answer(Submission submission, ErrorCode error) {
    FeedItem item = FeedItem.answer(prospective, submission, error);
    if (pending.isEmpty()) {
      publish(item);
    } else {
      pending.addLast(item);
    }
  }

  /** Answers a sync behind everything that was logged before, once it is confirmed. */
  void answerConfirmed(Submission sync) {
    FeedItem item = FeedItem.answer(prospective, sync, ErrorCode.OK);
    pending.addLast(item);
    unconfirmed.addLast(item);
  }

  /** The oldest sync that waits for it is confirmed. */
  void confirm() {
    unconfirmed.removeFirst();
  }

  /**
   * Takes the oldest, to be published, if it is decided by {@code zxid}, and no sync that is not
   * confirmed; else null.
   */
  FeedItem takeUpTo(long zxid) {
    FeedItem item = pending.peekFirst();
    if (item == null || item.zxid() > zxid || item == unconfirmed.peekFirst()) {
      return null;
    }
    pending.removeFirst();
    if (item.applied() != null) {
      base = item.tree();
      digests.add(item.zxid(), item.tree().digest());
    }
    return item;
  }

  void publish(FeedItem item) {
    feed.publish(item);
  }

  /** See {@link Feed#renewals}. */
  Renewals renewals() {
    return feed.renewals();
  }

  /** See {@link Replica#followed}. */
  void followed(long place) {
    feed.followed(place);
  }

  /**
   * Takes back what was logged after {@code zxid}, and what waits behind that.
   *
   * @return what it was, in order
   */
  List<FeedItem> takeBackAfter(long zxid) {
    ArrayDeque<FeedItem> lost = new ArrayDeque<>();
    while (!pending.isEmpty() && pending.peekLast().zxid() > zxid) {
      lost.addFirst(pending.removeLast());
    }
    prospective = pending.isEmpty() ? base : pending.peekLast().tree();
    return List.copyOf(lost);
  }

  /**
   * From now on this is another leader's to decide.
   *
   * @return what clients of this server had asked for with it, in order, without renewals
   */
  List<Submission> disown() {
    List<Submission> asked = new ArrayList<>();
    ArrayDeque<FeedItem> logged = new ArrayDeque<>();
    for (FeedItem item : pending) {
      Submission submission = item.submission();
      if (submission != null
          && submission.origin() != null
          && submission.kind() != Submission.Kind.RENEW) {
        asked.add(submission);
      }
      if (item.applied() != null) {
        logged.addLast(submission == null ? item : item.answering(null));
      }
    }
    pending.clear();
    unconfirmed.clear();
    pending.addAll(logged);
    return asked;
  }

  /** Nobody waits any more for the answers that took no transaction. */
  void dropAnswers() {
    pending.removeIf(item -> item.applied() == null);
    unconfirmed.clear();
  }

  /** Everything is undone: the feed goes on with {@code start}. */
  void restart(FeedItem start) {
    pending.clear();
    unconfirmed.clear();
    prospective = start.tree();
    base = start.tree();
    publish(start);
  }

  /**
   * Takes back what was logged after {@code zxid}, if what was not is here.
   *
   * @return whether it was
   */
  boolean cutAfter(long zxid) {
    boolean known =
        base.zxid() == zxid
            || pending.stream().anyMatch(item -> item.applied() != null && item.zxid() == zxid);
    if (known) {
      takeBackAfter(zxid);
    }
    return known;
  }
}
