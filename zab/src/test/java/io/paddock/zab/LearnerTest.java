package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A follower, server 1 of three, under a leader played by hand (quorum sheet, 3.3, 3.4, 4.2). Long,
 * since every test begins with the same follower.
 */
class LearnerTest {
  private static final long LINK = 7;
  private static final byte[] BYTES = new byte[40];

  private final Recorder world = new Recorder();
  private Zab zab;
  private long nowMs;

  /** Its log ends with 0x200000003, of epoch 2; it is following server 3, dialled on LINK. */
  @BeforeEach
  void follow() {
    follow(false, state(2, 2));
  }

  private static DurableState state(long acceptedEpoch, long currentEpoch) {
    List<LoggedTxn> recent = new ArrayList<>();
    for (int counter = 1; counter <= 3; counter++) {
      recent.add(new LoggedTxn(Zxid.of(2, counter), BYTES));
    }
    return new DurableState(acceptedEpoch, currentEpoch, Zxid.of(2, 3), recent);
  }

  private void follow(boolean observer, DurableState state) {
    world.take();
    EnsembleConfig config =
        EnsembleConfig.parse(
            "server.1=a:1:2"
                + (observer ? ":observer" : "")
                + "\nserver.2=b:1:2\nserver.3=c:1:2\nserver.4=d:1:2");
    zab = Zab.member(1, state, config, config, ZabSimulationTest.settings(false), world.ports());
    zab.on(new ZabInput.Start(0));
    nowMs = 0;
    elect();
    assertThat(world.take()).containsExactly("dial 3");
    zab.on(new ZabInput.LeaderConnected(world.attempt, LINK));
  }

  private void elect() {
    for (long sid = 2; sid <= 4; sid++) {
      Role role = sid == 3 ? Role.LEADING : Role.FOLLOWING;
      zab.on(new ZabInput.Notified(sid, new Notification(role, 3, Zxid.of(2, 3), 1, 5, 2, null)));
    }
  }

  private void get(QuorumPacket... packets) {
    for (QuorumPacket packet : packets) {
      zab.on(new ZabInput.Received(LINK, packet));
    }
  }

  private static QuorumPacket leaderInfo(long epoch) {
    return new QuorumPacket.LeaderInfo(Zxid.of(epoch, 0), 0x10000);
  }

  private static QuorumPacket proposal(long zxid) {
    return new QuorumPacket.Proposal(zxid, BYTES);
  }

  private static QuorumPacket commit(long zxid) {
    return new QuorumPacket.Commit(zxid);
  }

  private static QuorumPacket newLeader() {
    return new QuorumPacket.NewLeader(Zxid.of(5, 0), null);
  }

  /** Up to the choice of synchronisation. */
  private void promise() {
    get(leaderInfo(5));
    zab.on(new ZabInput.AcceptedEpochSaved(5));
    world.take();
  }

  private void serve() {
    promise();
    get(new QuorumPacket.Diff(Zxid.of(2, 3)), newLeader());
    zab.on(new ZabInput.CurrentEpochSaved(5));
    get(new QuorumPacket.UpToDate());
    world.take();
  }

  private void tick(long ms) {
    nowMs += ms;
    zab.on(new ZabInput.Tick(nowMs));
  }

  private void closesAndLooks() {
    assertThat(world.take()).contains("close " + LINK);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void itIntroducesItselfWithItsAcceptedEpoch() {
    assertThat(world.take()).containsExactly("send 7 FOLLOWERINFO 0x200000000 of 1");
  }

  @Test
  void anObserverSaysThatItIsOne() {
    follow(true, state(3, 2));
    assertThat(world.take()).containsExactly("send 7 OBSERVERINFO 0x300000000 of 1");
  }

  @Test
  void anEpochIsDurableBeforeItIsAcknowledged() {
    world.take();
    get(leaderInfo(5));
    assertThat(world.take()).containsExactly("saveAcceptedEpoch 5");
    zab.on(new ZabInput.AcceptedEpochSaved(5));
    assertThat(world.take()).containsExactly("send 7 ACKEPOCH 0x200000003 epoch 2");
  }

  @Test
  void anEpochThatWasPromisedBeforeIsNotPromisedAgain() {
    follow(false, state(5, 2));
    world.take();
    get(leaderInfo(5));
    assertThat(world.take()).containsExactly("send 7 ACKEPOCH 0x200000003 epoch -1");
  }

  @Test
  void anEarlierEpochIsRefused() {
    follow(false, state(6, 2));
    get(leaderInfo(5));
    closesAndLooks();
  }

  @Test
  void aLeaderOfTheOldDialectIsRefused() {
    get(new QuorumPacket.LeaderInfo(Zxid.of(5, 0), 1));
    closesAndLooks();
  }

  @Test
  void theNewEpochIsTakenOverOnlyWithItsHistoryOnDisk() {
    promise();
    get(
        new QuorumPacket.Diff(Zxid.of(5, 1)),
        proposal(Zxid.of(2, 4)),
        commit(Zxid.of(2, 4)),
        proposal(Zxid.of(4, 1)),
        commit(Zxid.of(4, 1)),
        newLeader());
    assertThat(world.take()).containsExactly("append 0x200000004", "append 0x400000001");
    zab.on(new ZabInput.Durable(Zxid.of(2, 4)));
    assertThat(world.take()).isEmpty();
    zab.on(new ZabInput.Durable(Zxid.of(4, 1)));
    assertThat(world.take()).containsExactly("saveCurrentEpoch 5");
    zab.on(new ZabInput.CurrentEpochSaved(5));
    assertThat(world.take()).containsExactly("send 7 ACK 0x500000000");
  }

  @Test
  void itServesAtUptodateAndAcknowledgesTheEpochTwice() {
    promise();
    get(new QuorumPacket.Diff(Zxid.of(2, 3)), newLeader());
    zab.on(new ZabInput.CurrentEpochSaved(5));
    world.take();
    get(new QuorumPacket.UpToDate());
    assertThat(world.take())
        .containsExactly("commit 0x200000003", "became FOLLOWING", "send 7 ACK 0x500000000");
  }

  @Test
  void uncommittedLeftoversAreLoggedAfterUptodateAndAcknowledgedOneByOne() {
    promise();
    get(
        new QuorumPacket.Diff(Zxid.of(2, 3)),
        proposal(Zxid.of(5, 1)),
        newLeader(),
        proposal(Zxid.of(5, 2)),
        commit(Zxid.of(5, 1)));
    zab.on(new ZabInput.CurrentEpochSaved(5));
    world.take();
    get(new QuorumPacket.UpToDate());
    assertThat(world.take())
        .containsExactly(
            "commit 0x200000003",
            "became FOLLOWING",
            "send 7 ACK 0x500000000",
            "append 0x500000001",
            "commit 0x500000001",
            "append 0x500000002");
    zab.on(new ZabInput.Durable(Zxid.of(5, 2)));
    assertThat(world.take()).containsExactly("send 7 ACK 0x500000001", "send 7 ACK 0x500000002");
  }

  @Test
  void pingsAreIgnoredUntilUptodateAndThenAnsweredWithSessionsNeverNull() {
    promise();
    get(new QuorumPacket.Diff(Zxid.of(2, 3)), new QuorumPacket.Ping(9, null));
    assertThat(world.take()).isEmpty();
    get(newLeader());
    zab.on(new ZabInput.CurrentEpochSaved(5));
    get(new QuorumPacket.UpToDate());
    world.take();
    get(new QuorumPacket.Ping(9, null));
    assertThat(world.take()).containsExactly("send 7 PING");
  }

  /** Risk 23: the disk may take as long as it likes. */
  @Test
  void pingsAreAnsweredWhileTheDiskIsBusy() {
    serve();
    get(proposal(Zxid.of(5, 1)));
    world.take();
    for (int i = 0; i < 30; i++) {
      tick(100);
      get(new QuorumPacket.Ping(Zxid.of(5, 1), null));
    }
    assertThat(world.take()).hasSize(30).containsOnly("send 7 PING");
  }

  /** Risk 8: the first word on a fresh connection may be years old. */
  @Test
  void aStaleWordOnAFreshConnectionIsAnsweredAndChangesNothing() {
    serve();
    world.notifications = true;
    for (Role state : Role.values()) {
      zab.on(new ZabInput.Notified(3, new Notification(state, 1, Zxid.of(1, 1), 1, 1, 2, null)));
    }
    assertThat(world.take())
        .containsExactly("tell 3 FOLLOWING leader 3 zxid 0x200000003 round 1 epoch 5");
    assertThat(zab.leader()).isEqualTo(3);
    assertThat(zab.phase()).isEqualTo(Phase.BROADCAST);
  }

  /** Trap 28: an Apache server would begin anew at each such word, and never end. */
  @Test
  void aLaterConfigurationIsNobodysBusinessWhileReconfigurationIsOff() {
    EnsembleConfig config = EnsembleConfig.parse("server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2");
    zab =
        Zab.member(
            1, state(2, 2), config, config, ZabSimulationTest.settings(false), world.ports());
    zab.on(new ZabInput.Start(0));
    world.notifications = true;
    world.take();
    String later = EnsembleConfig.parse("server.1=a:1:2\nserver.2=x:3:4").withVersion(9).text();
    zab.on(
        new ZabInput.Notified(
            2, new Notification(Role.LOOKING, 2, Zxid.of(1, 1), 1_000_000, 2, 2, later)));
    assertThat(zab.committedConfig().version()).isZero();
    assertThat(world.take())
        .as("the vote counts: its round is taken over, once")
        .contains("tell 3 LOOKING leader 1 zxid 0x200000003 round 1000000 epoch 2");
    zab.on(
        new ZabInput.Notified(
            2, new Notification(Role.LOOKING, 2, Zxid.of(1, 1), 1_000_000, 2, 2, later)));
    assertThat(world.take()).isEmpty();
  }

  @Test
  void aTruncatedLogIsTakenOverOnceItIsCut() {
    promise();
    get(new QuorumPacket.Trunc(Zxid.of(2, 2)), newLeader());
    assertThat(world.take()).containsExactly("truncate 0x200000002");
    zab.on(new ZabInput.Truncated(Zxid.of(2, 2)));
    assertThat(world.take()).containsExactly("saveCurrentEpoch 5");
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(2, 2));
  }

  @Test
  void aLogThatCannotBeCutExactlyIsReplacedByASnapshotAndItsPromiseDoesNotCount() {
    promise();
    get(new QuorumPacket.Trunc(Zxid.of(1, 9)));
    zab.on(new ZabInput.TruncateFailed(Zxid.of(1, 9)));
    closesAndLooks();
    tick(200);
    elect();
    zab.on(new ZabInput.LeaderConnected(world.attempt, LINK));
    world.take();
    get(leaderInfo(6));
    zab.on(new ZabInput.AcceptedEpochSaved(6));
    assertThat(world.take()).containsExactly("saveAcceptedEpoch 6", "send 7 ACKEPOCH 0x0 epoch -1");
  }

  /** A proxy takes the call before the leader listens, and then hangs up. */
  @Test
  void aLeaderThatHangsUpBeforeItHasSaidAnythingIsDialledAgain() {
    for (int tries = 1; tries < 5; tries++) {
      world.take();
      zab.on(new ZabInput.Closed(LINK));
      assertThat(world.take()).isEmpty();
      tick(100);
      assertThat(world.take()).containsExactly("dial 3");
      zab.on(new ZabInput.LeaderConnected(world.attempt, LINK));
      assertThat(world.take()).hasSize(1).first().asString().startsWith("send 7 FOLLOWERINFO");
    }
    zab.on(new ZabInput.Closed(LINK));
    tick(200);
    elect();
    assertThat(world.take()).contains("dial 3");
  }

  @Test
  void noElectionBeginsWhileTheLogIsBeingCut() {
    world.notifications = true;
    promise();
    get(new QuorumPacket.Trunc(Zxid.of(2, 2)));
    zab.on(new ZabInput.Closed(LINK));
    world.take();
    tick(5000);
    assertThat(world.take()).isEmpty();
    zab.on(new ZabInput.Truncated(Zxid.of(2, 2)));
    assertThat(world.take()).contains("tell 2 LOOKING leader 1 zxid 0x200000002 round 2 epoch 2");
  }

  @Test
  void aSnapshotIsSavedWithWhatFollowedBeforeTheEpochIsTakenOver() {
    promise();
    get(new QuorumPacket.Snap(Zxid.of(5, 4)));
    get(
        proposal(Zxid.of(5, 4)),
        commit(Zxid.of(5, 4)),
        proposal(Zxid.of(5, 5)),
        commit(Zxid.of(5, 5)),
        newLeader());
    assertThat(world.take()).containsExactly("receiveSnapshot 0x500000004");
    zab.on(new ZabInput.SnapshotInstalled(Zxid.of(5, 4)));
    // What is in the snapshot already is not applied again.
    assertThat(world.take()).containsExactly("stage 0x500000005", "saveSnapshot 0x500000005");
    zab.on(new ZabInput.SnapshotSaved(Zxid.of(5, 5)));
    assertThat(world.take()).containsExactly("saveCurrentEpoch 5");
    zab.on(new ZabInput.CurrentEpochSaved(5));
    world.take();
    get(new QuorumPacket.UpToDate());
    assertThat(world.take()).contains("commit 0x500000005", "became FOLLOWING");
  }

  @Test
  void aSnapshotWhoseLeaderIsLostIsAbandoned() {
    promise();
    get(new QuorumPacket.Snap(Zxid.of(5, 4)));
    zab.on(new ZabInput.SnapshotInstalled(Zxid.of(5, 4)));
    world.take();
    zab.on(new ZabInput.Closed(LINK));
    assertThat(world.take()).contains("abandonSnapshot");
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(2, 3));
  }

  @Test
  void aSnapshotThatComesTooLateIsAbandonedToo() {
    promise();
    get(new QuorumPacket.Snap(Zxid.of(5, 4)));
    zab.on(new ZabInput.Closed(LINK));
    world.take();
    zab.on(new ZabInput.SnapshotInstalled(Zxid.of(5, 4)));
    assertThat(world.take()).contains("abandonSnapshot");
  }

  @Test
  void aDamagedSnapshotEndsTheConnection() {
    promise();
    get(new QuorumPacket.Snap(Zxid.of(5, 4)));
    zab.on(new ZabInput.SnapshotFailed(Zxid.of(5, 4)));
    closesAndLooks();
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(2, 3));
  }

  @Test
  void aHoleInTheSyncStreamEndsTheConnection() {
    promise();
    get(new QuorumPacket.Diff(Zxid.of(2, 9)), proposal(Zxid.of(2, 4)), proposal(Zxid.of(2, 6)));
    closesAndLooks();
  }

  @Test
  void aCommitWithoutItsProposalEndsTheSync() {
    promise();
    get(new QuorumPacket.Diff(Zxid.of(2, 9)), commit(Zxid.of(2, 4)));
    closesAndLooks();
  }

  @Test
  void uptodateBeforeTheEpochIsTakenOverEndsTheConnection() {
    promise();
    get(new QuorumPacket.Diff(Zxid.of(2, 3)), newLeader(), new QuorumPacket.UpToDate());
    closesAndLooks();
  }

  @Test
  void newleaderOfAnotherEpochEndsTheConnection() {
    promise();
    get(new QuorumPacket.Diff(Zxid.of(2, 3)), new QuorumPacket.NewLeader(Zxid.of(6, 0), null));
    closesAndLooks();
  }

  @Test
  void whatIsNoTransactionEndsTheConnectionAndIsInNoHistory() {
    serve();
    get(proposal(Zxid.of(5, 1)));
    world.unreadable = true;
    get(proposal(Zxid.of(5, 2)));
    closesAndLooks();
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(5, 1));
  }

  @Test
  void whatIsNoTransactionEndsTheSyncToo() {
    promise();
    world.unreadable = true;
    get(new QuorumPacket.Diff(Zxid.of(2, 9)), proposal(Zxid.of(2, 4)), commit(Zxid.of(2, 4)));
    closesAndLooks();
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(2, 3));
  }

  @Test
  void aProposalIsAcknowledgedByNothingButTheDisk() {
    serve();
    get(proposal(Zxid.of(5, 1)), proposal(Zxid.of(5, 2)));
    assertThat(world.take()).containsExactly("append 0x500000001", "append 0x500000002");
    zab.on(new ZabInput.Durable(Zxid.of(5, 1)));
    assertThat(world.take()).containsExactly("send 7 ACK 0x500000001");
  }

  @Test
  void aCommitDecidesTheOldestProposalAndNoOther() {
    serve();
    get(proposal(Zxid.of(5, 1)), proposal(Zxid.of(5, 2)), commit(Zxid.of(5, 1)));
    assertThat(world.take()).contains("commit 0x500000001");
    get(proposal(Zxid.of(5, 3)), commit(Zxid.of(5, 3)));
    closesAndLooks();
  }

  @Test
  void aHoleInTheBroadcastEndsTheConnection() {
    serve();
    get(proposal(Zxid.of(5, 2)));
    assertThat(zab.role()).isEqualTo(Role.FOLLOWING);
    get(proposal(Zxid.of(5, 4)));
    closesAndLooks();
  }

  @Test
  void whatWasPublishedIsNeverCut() {
    serve();
    zab.on(new ZabInput.Closed(LINK));
    tick(300);
    elect();
    zab.on(new ZabInput.LeaderConnected(world.attempt, LINK));
    get(leaderInfo(6));
    zab.on(new ZabInput.AcceptedEpochSaved(6));
    world.take();
    get(new QuorumPacket.Trunc(Zxid.of(2, 1)));
    closesAndLooks();
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(2, 3));
  }

  @Test
  void anObserverLearnsByInformAndAcknowledgesNoTransaction() {
    follow(true, state(2, 2));
    serve();
    get(new QuorumPacket.Inform(Zxid.of(5, 1), BYTES));
    assertThat(world.take()).containsExactly("append 0x500000001", "commit 0x500000001");
    zab.on(new ZabInput.Durable(Zxid.of(5, 1)));
    get(proposal(Zxid.of(5, 2)), commit(Zxid.of(5, 2)));
    assertThat(world.take()).isEmpty();
  }

  @Test
  void requestsGoToTheLeaderOnlyWhileItServes() {
    QuorumPacket.Request request = new QuorumPacket.Request(BYTES, null);
    world.take();
    zab.on(new ZabInput.Ask(request));
    assertThat(world.take()).isEmpty();
    serve();
    zab.on(new ZabInput.Ask(request));
    zab.on(new ZabInput.Ask(new QuorumPacket.Revalidate(5, 4000)));
    assertThat(world.take()).containsExactly("send 7 REQUEST", "send 7 REVALIDATE");
    get(new QuorumPacket.Revalidated(5, true), new QuorumPacket.Sync());
    assertThat(world.take())
        .containsExactly("deliver 7 Revalidated[sessionId=5, valid=true]", "deliver 7 SYNC");
  }

  @Test
  void theLeadersSilenceIsBornForInitLimitAtFirstAndSyncLimitAfterwards() {
    tick(2000);
    assertThat(zab.role()).isEqualTo(Role.FOLLOWING);
    tick(1);
    closesAndLooks();
  }

  @Test
  void afterNewleaderTheLeaderMayBeSilentForSyncLimitOnly() {
    serve();
    tick(1000);
    assertThat(zab.role()).isEqualTo(Role.FOLLOWING);
    zab.on(new ZabInput.Progress(LINK));
    tick(1000);
    assertThat(zab.role()).isEqualTo(Role.FOLLOWING);
    tick(1);
    assertThat(world.take()).contains("became LOOKING");
  }

  @Test
  void aLeaderWhoseElectionConnectionIsLostIsDialledFiveTimes() {
    promise();
    zab.on(new ZabInput.Closed(LINK));
    tick(200);
    elect();
    zab.on(new ZabInput.VoterLost(3));
    world.take();
    for (int i = 1; i <= 4; i++) {
      zab.on(new ZabInput.LeaderUnreachable(world.attempt));
      tick(100);
      assertThat(world.take()).containsExactly("dial 3");
    }
    zab.on(new ZabInput.LeaderUnreachable(world.attempt));
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void aLeaderThatDoesNotListenYetIsDialledAgainAtOnceAndThenMoreAndMoreSeldom() {
    promise();
    zab.on(new ZabInput.Closed(LINK));
    tick(200);
    elect();
    world.take();
    int[] pauses = {5, 10, 20, 40, 80, 100, 100};
    int waited = 0;
    for (int pause : pauses) {
      zab.on(new ZabInput.LeaderUnreachable(world.attempt));
      tick(pause - 1);
      assertThat(world.take()).isEmpty();
      tick(1);
      waited += pause;
      assertThat(world.take()).as("after " + waited + " ms").containsExactly("dial 3");
    }
    tick(400 - waited);
    zab.on(new ZabInput.LeaderUnreachable(world.attempt));
    assertThat(zab.role()).as("its machine may be busy").isEqualTo(Role.FOLLOWING);
    zab.on(new ZabInput.VoterLost(3));
    tick(100);
    zab.on(new ZabInput.LeaderUnreachable(world.attempt));
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void aLeaderThatIsThereAndDoesNotListenIsGivenUpWithTheInitLimit() {
    promise();
    zab.on(new ZabInput.Closed(LINK));
    tick(200);
    elect();
    for (int waited = 0; waited < 1900; waited += 100) {
      zab.on(new ZabInput.LeaderUnreachable(world.attempt));
      tick(100);
    }
    assertThat(zab.role()).isEqualTo(Role.FOLLOWING);
    tick(100);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void aLeaderThatLooksForAnotherOneIsDialledNoMore() {
    promise();
    zab.on(new ZabInput.Closed(LINK));
    tick(200);
    elect();
    zab.on(
        new ZabInput.Notified(3, new Notification(Role.LOOKING, 3, Zxid.of(2, 3), 1, 3, 2, null)));
    assertThat(zab.role()).as("its vote of this round").isEqualTo(Role.FOLLOWING);
    zab.on(
        new ZabInput.Notified(2, new Notification(Role.LOOKING, 2, Zxid.of(2, 3), 9, 2, 2, null)));
    assertThat(zab.role()).as("not the leader's word").isEqualTo(Role.FOLLOWING);
    zab.on(
        new ZabInput.Notified(3, new Notification(Role.LOOKING, 3, Zxid.of(2, 3), 9, 3, 2, null)));
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void aConnectionOfAnEarlierAttemptIsClosed() {
    zab.on(new ZabInput.LeaderConnected(world.attempt - 1, 99));
    assertThat(world.take()).contains("close 99");
  }

  @Test
  void theVoteServedToOthersTakesTheNewEpochAndKeepsItsZxidAndRound() {
    serve();
    world.notifications = true;
    zab.on(new ZabInput.Notified(2, new Notification(Role.LOOKING, 2, 0, 9, 0, 2, null)));
    assertThat(world.take())
        .containsExactly("tell 2 FOLLOWING leader 3 zxid 0x200000003 round 1 epoch 5");
  }

  @Test
  void whatTheDiskCouldNotTakeEndsTheRole() {
    serve();
    get(proposal(Zxid.of(5, 1)));
    zab.on(new ZabInput.AppendsLost());
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(2, 3));
  }
}
