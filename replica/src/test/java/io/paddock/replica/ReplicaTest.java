package io.paddock.replica;

import static io.paddock.replica.ReplicaWorld.SESSION;
import static io.paddock.replica.ReplicaWorld.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.tree.Tree;
import io.paddock.wire.CreateMode;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.zab.ZabInput;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The way of a write: append, force, answer; and what is answered behind it. */
class ReplicaTest {
  private final ReplicaWorld world = ReplicaWorld.withSession();
  private final Replica replica = world.replica;

  @Test
  void aWriteIsPublishedWhenItIsDurableAndNotBefore() {
    Submission first = world.write(create("/a"));
    Submission second = world.write(create("/b"));
    replica.endBurst();
    assertThat(world.follow()).isEmpty();
    assertThat(world.tree().find("/a")).isNull();
    assertThat(replica.outstanding()).isEqualTo(2);

    replica.on(new ZabInput.Durable(world.lastAppended() - 1));
    List<FeedItem> items = world.follow();
    assertThat(items).extracting(FeedItem::submission).containsExactly(first);
    assertThat(items.get(0).tree().find("/a")).isNotNull();
    assertThat(items.get(0).tree().find("/b")).isNull();

    world.durable();
    assertThat(world.follow()).extracting(FeedItem::submission).containsExactly(second);
    assertThat(replica.outstanding()).isZero();
  }

  @Test
  void aBurstIsForcedOnceAndAnEmptyOneNotAtAll() {
    int before = world.forces;
    replica.endBurst();
    assertThat(world.forces).isEqualTo(before);
    world.write(create("/a"));
    world.write(create("/b"));
    assertThat(world.forces).isEqualTo(before);
    replica.endBurst();
    replica.endBurst();
    assertThat(world.forces).isEqualTo(before + 1);
  }

  @Test
  void theFeedAndTheLogHaveEveryZxidOnceAndInOrderRefusalsIncluded() {
    for (int i = 0; i < 20; i++) {
      world.write(create("/n" + i % 7));
    }
    List<FeedItem> items = world.settle();
    assertThat(items).hasSize(20);
    long zxid = 1;
    for (FeedItem item : items) {
      assertThat(item.zxid()).isEqualTo(++zxid);
      assertThat(item.applied().zxid()).isEqualTo(zxid);
      assertThat(item.error()).isEqualTo(zxid <= 8 ? ErrorCode.OK : ErrorCode.NODEEXISTS);
    }
    assertThat(world.appended).isSorted().doesNotHaveDuplicates().hasSize(21);
  }

  @Test
  void aWriteIsValidatedAgainstWhatIsProposedBeforeIt() {
    world.write(create("/a"));
    world.write(create("/a/b"));
    world.write(new Op.Delete("/a", -1));
    assertThat(world.settle())
        .extracting(FeedItem::error)
        .containsExactly(ErrorCode.OK, ErrorCode.OK, ErrorCode.NOTEMPTY);
  }

  @Test
  void aSyncIsAnsweredAtOnceWhenNothingIsPendingElseBehindTheWrites() {
    replica.submit(Submission.sync(SESSION, 1, this));
    assertThat(world.follow()).hasSize(1);

    Submission write = world.write(create("/a"));
    Submission sync = Submission.sync(SESSION, 2, this);
    replica.submit(sync);
    Submission later = world.write(create("/b"));
    assertThat(world.follow()).isEmpty();
    List<FeedItem> items = world.settle();
    assertThat(items).extracting(FeedItem::submission).containsExactly(write, sync, later);
    assertThat(items.get(1).applied()).isNull();
    assertThat(items.get(1).zxid()).as("a sync takes no zxid").isEqualTo(items.get(0).zxid());
    assertThat(items.get(1).tree().find("/b")).isNull();
  }

  @Test
  void writesOfASessionThatIsGoneAreDropped() {
    world.write(4711, create("/nobody"));
    Submission close = world.write(new Op.CloseSession());
    world.write(create("/too-late"));
    assertThat(world.settle()).extracting(FeedItem::submission).containsExactly(close);
  }

  @Test
  void aRenewalIsJudgedByWhatIsProposedAndAnsweredBehindIt() {
    assertThat(renewed(SESSION, true)).isEqualTo(ErrorCode.OK);
    assertThat(renewed(SESSION, false)).isEqualTo(ErrorCode.SESSIONEXPIRED);
    assertThat(renewed(4711, true)).isEqualTo(ErrorCode.SESSIONEXPIRED);
    world.write(new Op.CloseSession());
    assertThat(renewed(SESSION, true)).isEqualTo(ErrorCode.SESSIONEXPIRED);
  }

  @Test
  void aWriteThatComesByAnOldConnectionBehindTheRenewalIsPassedOver() {
    Submission renewal = Submission.renew(SESSION, 1000, true, "the new connection");
    replica.submit(renewal);
    world.write(create("/late"));
    Submission fresh =
        Submission.write(SESSION, 1, create("/fresh"), List.of(), "the new connection");
    replica.submit(fresh);

    assertThat(world.settle()).extracting(FeedItem::submission).containsExactly(renewal, fresh);
    assertThat(replica.last().tree().find("/late")).isNull();
  }

  private ErrorCode renewed(long session, boolean passwdValid) {
    replica.submit(Submission.renew(session, 1000, passwdValid, world));
    List<FeedItem> items = world.settle();
    FeedItem last = items.get(items.size() - 1);
    assertThat(last.submission().kind()).isEqualTo(Submission.Kind.RENEW);
    return last.error();
  }

  @Test
  void aSnapshotIsTakenOfWhatIsCommittedNotOfWhatIsProposed() {
    ReplicaSettings settings = new ReplicaSettings(100, 10, 0, 1000, 100, 0);
    ReplicaWorld small = new ReplicaWorld(settings, Tree.fresh());
    small.openSession(SESSION);
    for (int i = 0; i < 30; i++) {
      small.write(create("/n" + i));
    }
    assertThat(small.snapshots).isNotEmpty().allMatch(tree -> tree.zxid() == 1);
    int before = small.snapshots.size();
    small.settle();
    for (int i = 0; i < 11; i++) {
      small.write(create("/m" + i));
      small.settle();
    }
    assertThat(small.snapshots.size()).isGreaterThan(before);
    Tree last = small.snapshots.get(small.snapshots.size() - 1);
    assertThat(last.zxid()).isGreaterThan(30);
    assertThat(last.find("/n29")).isNotNull();
  }

  @Test
  void anEmptiedContainerIsRemovedAtTheNextLookAndOneNeverUsedStays() {
    world.write(create("/used", CreateMode.CONTAINER));
    world.write(create("/used/child"));
    world.write(create("/unused", CreateMode.CONTAINER));
    world.settle();
    keepAlive(2000);
    assertThat(world.tree().find("/used")).as("it has a child").isNotNull();
    world.write(new Op.Delete("/used/child", -1));
    world.settle();
    assertThat(world.tree().find("/used")).as("not before the next look").isNotNull();
    keepAlive(1100);
    assertThat(world.tree().find("/used")).isNull();
    assertThat(world.tree().find("/unused")).isNotNull();
  }

  @Test
  void aContainerThatIsUsedAgainInTimeIsNotRemoved() {
    world.write(create("/c", CreateMode.CONTAINER));
    world.write(create("/c/x"));
    world.write(new Op.Delete("/c/x", -1));
    world.write(create("/c/y"));
    world.settle();
    keepAlive(2500);
    assertThat(world.tree().find("/c/y")).isNotNull();
  }

  private void keepAlive(int ms) {
    for (int passed = 0; passed < ms; passed += 100) {
      replica.touch(SESSION, 1000);
      world.pass(100);
    }
  }

  @Test
  void theDigestOfEvery128thTransactionIsKept() {
    for (int i = 0; i < 300; i++) {
      world.write(create("/n" + i));
      world.settle();
    }
    assertThat(replica.digests()).extracting(ZxidDigest::zxid).containsExactly(128L, 256L);
    assertThat(replica.digests()).extracting(ZxidDigest::digest).doesNotHaveDuplicates();
  }
}
