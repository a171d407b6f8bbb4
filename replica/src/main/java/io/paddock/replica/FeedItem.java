package io.paddock.replica;

import io.paddock.tree.Applied;
import io.paddock.tree.Tree;
import io.paddock.wire.ErrorCode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One link of the feed: something that happened, in its place in the order. Either a committed
 * transaction, of a client of this server or of somebody else, or an answer that took no
 * transaction. Each client loop follows the links at its own pace and drops those behind it, so
 * what nobody needs any more is garbage. Immutable but for {@code place} and {@code next}, which
 * the core sets when it links the item, and may be read by any thread.
 */
public final class FeedItem {
  /** In the place of a client's xid, which counts from 1: {@link #isMove}. */
  static final int MOVE_CXID = Integer.MIN_VALUE;

  private static final VarHandle NEXT;

  static {
    try {
      NEXT = MethodHandles.lookup().findVarHandle(FeedItem.class, "next", FeedItem.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What an item keeps in memory beside its transaction's bytes, roughly: the path it copied. */
  private static final int ENTRY_BYTES = 1024;

  private final Tree tree;
  private final Applied applied;
  private final Submission submission;
  private final ErrorCode error;

  @SuppressWarnings("unused") // through NEXT
  private FeedItem next;

  /** Written before the link to this item is, so whoever came here by it sees it. */
  private long place;

  /** At first its own, then those of all items up to this one. Written with the place. */
  private long bytes;

  private FeedItem(
      Tree tree, Applied applied, Submission submission, ErrorCode error, int txnBytes) {
    this.tree = tree;
    this.applied = applied;
    this.submission = submission;
    this.error = error;
    this.bytes = (long) ENTRY_BYTES + txnBytes;
  }

  /** The start of a feed: the tree as it was loaded. */
  public static FeedItem start(Tree tree) {
    return new FeedItem(tree, null, null, ErrorCode.OK, 0);
  }

  /** The feed goes on with a tree, and what led to it was not seen. */
  static FeedItem jump(Tree tree) {
    return new FeedItem(tree, null, null, ErrorCode.SYSTEMERROR, 0);
  }

  static FeedItem committed(Applied applied, Submission submission, int txnBytes) {
    return new FeedItem(applied.tree(), applied, submission, applied.result().error(), txnBytes);
  }

  static FeedItem answer(Tree tree, Submission submission, ErrorCode error) {
    return new FeedItem(tree, null, submission, error, 0);
  }

  /** The same as the answer to {@code asked}. Before it is linked. */
  FeedItem answering(Submission asked) {
    return new FeedItem(tree, applied, asked, error, (int) bytes - ENTRY_BYTES);
  }

  /** The last transaction at this place in the order: a reply made here carries it. */
  public long zxid() {
    return tree.zxid();
  }

  /** The tree as it is at this place in the order. */
  public Tree tree() {
    return tree;
  }

  /** What was committed; null for an answer that took no transaction. */
  public Applied applied() {
    return applied;
  }

  /** The request this item answers; null when it is not one of this server's clients'. */
  public Submission submission() {
    return submission;
  }

  /** The outcome: of the transaction, or of the request that took none. */
  public ErrorCode error() {
    return error;
  }

  /** Whether the feed has left out what led to this tree, outcomes and events. */
  public boolean isJump() {
    return applied == null && submission == null && error == ErrorCode.SYSTEMERROR;
  }

  /**
   * Whether a session has gone over to another server here, where it is established only behind
   * this: a refusal that no client asked for.
   */
  public boolean isMove() {
    return applied != null
        && error == ErrorCode.SESSIONMOVED
        && applied.txn().header().cxid() == MOVE_CXID;
  }

  /** The item after this one; null at the end of the feed. */
  public FeedItem next() {
    return (FeedItem) NEXT.getAcquire(this);
  }

  /** How many items the feed had before this one. */
  public long place() {
    return place;
  }

  /** What the items up to this one keep in memory while it is in the feed, roughly, in bytes. */
  public long bytes() {
    return bytes;
  }

  void linkNext(FeedItem item) {
    item.place = place + 1;
    item.bytes += bytes;
    NEXT.setRelease(this, item);
  }

  /** The item after this one, which is no longer linked from here: nobody comes by any more. */
  FeedItem unlink() {
    FeedItem item = next();
    NEXT.set(this, null);
    return item;
  }
}
