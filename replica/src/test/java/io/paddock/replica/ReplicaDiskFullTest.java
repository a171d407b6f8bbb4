package io.paddock.replica;

import static io.paddock.replica.ReplicaWorld.SESSION;
import static io.paddock.replica.ReplicaWorld.TICK_MS;
import static io.paddock.replica.ReplicaWorld.TIMEOUT_MS;
import static io.paddock.replica.ReplicaWorld.create;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.wire.ErrorCode;
import io.paddock.wire.Op;
import io.paddock.zab.ZabInput;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was proposed finds no room on the disk. */
class ReplicaDiskFullTest {
  private final ReplicaWorld world = ReplicaWorld.withSession();
  private final Replica replica = world.replica;
  private long durable;

  @BeforeEach
  void settled() {
    world.write(create("/durable"));
    world.settle();
    durable = world.lastAppended();
  }

  /** As the journal reports it. */
  private void full() {
    replica.endBurst();
    replica.on(new ZabInput.Durable(durable));
    replica.onDiskFull("the disk is full");
  }

  @Test
  void whatWasOnItsWayIsRefusedInOrderAndUndone() {
    Submission first = world.write(create("/a"));
    Submission second = world.write(create("/b"));
    full();
    List<FeedItem> items = world.follow();
    assertThat(items).extracting(FeedItem::submission).containsExactly(first, second);
    assertThat(items).allMatch(item -> item.error() == ErrorCode.SYSTEMERROR);
    assertThat(items).allMatch(item -> item.applied() == null && item.zxid() == durable);
    assertThat(replica.outstanding()).isZero();
    assertThat(replica.isDiskFull()).isTrue();
    assertThat(world.tree().find("/a")).isNull();
    assertThat(world.tree().find("/durable")).isNotNull();
  }

  @Test
  void aPartThatBecameDurableIsNotRefused() {
    Submission first = world.write(create("/a"));
    Submission second = world.write(create("/b"));
    replica.endBurst();
    replica.on(new ZabInput.Durable(durable + 1));
    replica.onDiskFull("the disk is full");
    List<FeedItem> items = world.follow();
    assertThat(items).extracting(FeedItem::submission).containsExactly(first, second);
    assertThat(items)
        .extracting(FeedItem::error)
        .containsExactly(ErrorCode.OK, ErrorCode.SYSTEMERROR);
    assertThat(world.tree().find("/a")).isNotNull();
  }

  @Test
  void furtherWritesAreRefusedAtOnceAndSyncsAndRenewalsGoOn() {
    world.write(create("/a"));
    full();
    world.follow();
    int appended = world.appended.size();
    world.write(create("/b"));
    replica.submit(Submission.sync(SESSION, 1, this));
    replica.submit(Submission.renew(SESSION, TIMEOUT_MS, true, this));
    assertThat(world.follow())
        .extracting(FeedItem::error)
        .containsExactly(ErrorCode.SYSTEMERROR, ErrorCode.OK, ErrorCode.OK);
    assertThat(world.appended).hasSize(appended);
  }

  @Test
  void whatWaitedBehindALostWriteIsJudgedWithoutIt() {
    world.write(new Op.CloseSession());
    replica.submit(Submission.renew(SESSION, TIMEOUT_MS, true, this));
    replica.submit(Submission.sync(SESSION, 1, this));
    full();
    assertThat(world.follow())
        .extracting(FeedItem::error)
        .as("the session was not closed after all")
        .containsExactly(ErrorCode.SYSTEMERROR, ErrorCode.OK, ErrorCode.OK);
  }

  @Test
  void oncePerTickItIsTriedWhetherThereIsRoomAndWritesGoOnWithoutAHole() {
    world.write(create("/a"));
    full();
    int before = world.appended.size();
    world.pass(5 * TICK_MS);
    assertThat(world.appended).hasSize(before + 1);
    assertThat(world.lastAppended()).as("the zxid was never used").isEqualTo(durable + 1);
    full();
    world.pass(2 * TICK_MS);
    assertThat(world.lastAppended()).isEqualTo(durable + 1);
    assertThat(replica.isDiskFull()).isTrue();

    world.durable();
    assertThat(replica.isDiskFull()).isFalse();
    world.follow();
    Submission again = world.write(create("/a"));
    List<FeedItem> items = world.settle();
    assertThat(items).extracting(FeedItem::submission).containsExactly(again);
    assertThat(items.get(0).error()).isEqualTo(ErrorCode.OK);
    assertThat(items.get(0).zxid()).isEqualTo(durable + 2);
  }

  @Test
  void theReportOfWhatWasDurableBeforeIsNoSignOfRoom() {
    world.write(create("/a"));
    full();
    replica.on(new ZabInput.Durable(durable));
    assertThat(replica.isDiskFull()).isTrue();
  }

  @Test
  void nobodyExpiresWhileTheDiskIsFullAndTheSilentOnesDoAfterwards() {
    world.openSession(2);
    durable = world.lastAppended();
    world.write(create("/a"));
    full();
    for (int i = 0; i < 30; i++) {
      replica.touch(SESSION, TIMEOUT_MS);
      world.pass(100);
      full();
    }
    world.checkAlive(SESSION, true);
    world.checkAlive(2, true);
    replica.touch(SESSION, TIMEOUT_MS);
    for (int i = 0; i < 3 && replica.isDiskFull(); i++) {
      world.pass(TICK_MS);
      world.settle();
    }
    world.pass(TICK_MS);
    world.checkAlive(SESSION, true);
    world.checkAlive(2, false);
  }

  @Test
  void theSessionClockKnowsTheSessionsThatAreThereAndNoOthers() {
    world.openSession(2);
    durable = world.lastAppended();
    world.write(2, new Op.CloseSession());
    replica.submit(Submission.write(3, 0, new Op.CreateSession(TIMEOUT_MS), List.of(), null));
    full();
    assertThat(replica.sessionsByDeadline().values().stream().flatMap(List::stream))
        .containsExactlyInAnyOrder(SESSION, 2L);
  }
}
