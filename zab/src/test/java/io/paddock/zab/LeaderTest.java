package io.paddock.zab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A leader, server 3 of three voters, with learners played by hand (quorum sheet, 3.5 and 4). Long,
 * since every test begins with the same leader.
 */
class LeaderTest {
  private static final byte[] BYTES = new byte[40];
  private static final long MARK = Zxid.of(4, 0);
  private static final long OWN = ZabInput.Sync.OWN;

  private final Recorder world = new Recorder();
  private Zab zab;
  private long nowMs;

  /** It has accepted epoch 3, its log ends with 2:3, and it was just elected. */
  @BeforeEach
  void lead() {
    lead(false);
  }

  private void lead(boolean reconfigEnabled) {
    List<LoggedTxn> recent = new ArrayList<>();
    for (int counter = 1; counter <= 3; counter++) {
      recent.add(new LoggedTxn(Zxid.of(2, counter), BYTES));
    }
    EnsembleConfig config =
        EnsembleConfig.parse(
            "server.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\nserver.4=d:1:2:observer");
    zab =
        Zab.member(
            3,
            new DurableState(3, 2, Zxid.of(2, 3), recent),
            config,
            config,
            ZabSimulationTest.settings(reconfigEnabled),
            world.ports());
    zab.on(new ZabInput.Start(0));
    for (long sid = 1; sid <= 2; sid++) {
      zab.on(
          new ZabInput.Notified(
              sid, new Notification(Role.LOOKING, 3, Zxid.of(2, 3), 1, 2, 2, null)));
    }
    assertThat(world.take()).containsExactly("open");
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    assertThat(zab.phase()).isEqualTo(Phase.DISCOVERY);
  }

  private void greet(long connection, long acceptedEpoch) {
    zab.on(new ZabInput.LearnerConnected(connection));
    zab.on(
        new ZabInput.Received(
            connection,
            new QuorumPacket.FollowerInfo(
                Zxid.of(acceptedEpoch, 0), LearnerInfo.of(connection, 0))));
  }

  private void observe(long connection, long acceptedEpoch) {
    zab.on(new ZabInput.LearnerConnected(connection));
    zab.on(
        new ZabInput.Received(
            connection,
            new QuorumPacket.ObserverInfo(
                Zxid.of(acceptedEpoch, 0), LearnerInfo.of(connection, 0))));
  }

  private void promise(long connection, long zxid, int epoch) {
    zab.on(new ZabInput.Received(connection, new QuorumPacket.AckEpoch(zxid, epoch)));
  }

  private void ack(long connection, long zxid) {
    zab.on(new ZabInput.Received(connection, new QuorumPacket.Ack(zxid)));
  }

  /** Established in epoch 4, with server 1 served. */
  private void serve() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    promise(1, Zxid.of(2, 3), 2);
    zab.on(new ZabInput.CurrentEpochSaved(4));
    ack(1, MARK);
    ack(1, MARK);
    world.take();
  }

  private void join(long sid) {
    greet(sid, 2);
    promise(sid, Zxid.of(2, 3), 2);
    ack(sid, MARK);
    ack(sid, MARK);
    world.take();
  }

  private void propose() {
    zab.propose(zab.nextZxid(), BYTES, 0, BYTES.length);
  }

  private void tick(long ms) {
    nowMs += ms;
    zab.on(new ZabInput.Tick(nowMs));
  }

  private void look(long sid, long round) {
    zab.on(
        new ZabInput.Notified(
            sid, new Notification(Role.LOOKING, sid, Zxid.of(2, 3), round, 2, 2, null)));
  }

  @Test
  void aLeaderThatAVoterHasGivenUpBeforeItWasThereLooksAgain() {
    tick(500);
    look(1, 2);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void aLeaderThatGathersIsNotGivenUpByOneVoterWhileTheOthersMayStillCome() {
    look(1, 2);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    greet(2, 2);
    tick(500);
    look(1, 2);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
  }

  @Test
  void aLeaderByHandoverIsNotGivenUpWhileTheOldOneLooksAndTheOthersHearOfItLate() {
    zab.reassign(3);
    look(1, 2);
    tick(1999);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    // It has found another leader meanwhile and says nothing more.
    tick(1);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void aVoterThatLookedElsewhereAndComesAfterAllHasNotGivenThisLeaderUp() {
    look(2, 2);
    zab.on(
        new ZabInput.Notified(
            2, new Notification(Role.FOLLOWING, 3, Zxid.of(2, 3), 1, 2, 2, null)));
    tick(500);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
  }

  @Test
  void aLeaderThatAVoterDoesNotWantInItsRoundLooksAgain() {
    look(1, 1);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    tick(500);
    look(1, 1);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
  }

  @Test
  void aLeaderThatGathersIsNotDisturbedByVotesForItOrByObservers() {
    tick(500);
    zab.on(
        new ZabInput.Notified(1, new Notification(Role.LOOKING, 3, Zxid.of(2, 3), 1, 1, 2, null)));
    look(4, 2);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
  }

  @Test
  void aLeaderThatHasGatheredAQuorumIsNotDisturbedByALatecomer() {
    greet(1, 2);
    look(2, 2);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
  }

  @Test
  void theEpochIsLaterThanAnyAcceptedByAQuorumAndByObservers() {
    observe(4, 8);
    assertThat(world.take()).isEmpty();
    greet(1, 6);
    assertThat(world.take()).containsExactly("saveAcceptedEpoch 9");
    zab.on(new ZabInput.AcceptedEpochSaved(9));
    assertThat(world.take())
        .containsExactly("send 1 LEADERINFO 0x900000000", "send 4 LEADERINFO 0x900000000");
  }

  @Test
  void whoeverComesLaterGetsTheEpochAtOnce() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    world.take();
    greet(2, 3);
    assertThat(world.take()).containsExactly("send 2 LEADERINFO 0x400000000");
  }

  @Test
  void theHistoryGoesOutOnceAQuorumHasPromised() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    world.take();
    promise(1, Zxid.of(2, 1), 2);
    assertThat(world.take())
        .containsExactly(
            "saveCurrentEpoch 4",
            "send 1 DIFF 0x200000003",
            "send 1 PROPOSAL 0x200000002",
            "send 1 COMMIT 0x200000002",
            "send 1 PROPOSAL 0x200000003",
            "send 1 COMMIT 0x200000003",
            "send 1 NEWLEADER 0x400000000");
  }

  @Test
  void whatAFollowerAcknowledgedAndWasToldToCutIsNotItsWordAnyMore() {
    serve();
    propose();
    zab.on(new ZabInput.Durable(MARK + 1));
    ack(1, MARK + 1);
    propose();
    ack(1, MARK + 2);
    zab.on(new ZabInput.Closed(1));
    zab.on(new ZabInput.LearnerConnected(11));
    zab.on(new ZabInput.Received(11, new QuorumPacket.FollowerInfo(MARK, LearnerInfo.of(1, 0))));
    world.take();
    promise(11, MARK + 2, -1);
    assertThat(world.take())
        .containsExactly(
            "send 11 TRUNC 0x400000001",
            "send 11 PROPOSAL 0x400000002",
            "send 11 NEWLEADER 0x400000000");
    zab.on(new ZabInput.Durable(MARK + 2));
    assertThat(zab.lastCommitted()).isEqualTo(MARK + 1);
    ack(11, MARK);
    ack(11, MARK + 2);
    assertThat(zab.lastCommitted()).isEqualTo(MARK + 2);
  }

  @Test
  void aPromiseThatWasGivenBeforeDoesNotCount() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    world.take();
    promise(1, Zxid.of(2, 3), -1);
    assertThat(world.take()).isEmpty();
  }

  @Test
  void aFollowerWithALongerHistoryIsSentAway() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    world.take();
    promise(1, Zxid.of(2, 4), 2);
    assertThat(world.take()).containsExactly("close 1");
    greet(2, 2);
    world.take();
    promise(2, Zxid.of(2, 1), 3);
    assertThat(world.take()).containsExactly("close 2");
  }

  @Test
  void itServesOnceAQuorumHasTakenOverItselfIncluded() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    promise(1, Zxid.of(2, 3), 2);
    world.take();
    ack(1, MARK);
    assertThat(world.take()).isEmpty();
    assertThat(zab.canPropose()).isFalse();
    zab.on(new ZabInput.CurrentEpochSaved(4));
    assertThat(world.take())
        .containsExactly("commit 0x200000003", "send 1 UPTODATE", "became LEADING");
    assertThat(zab.nextZxid()).isEqualTo(Zxid.of(4, 1));
  }

  @Test
  void anAckOfSomethingElseIsNotAnAckOfNewleader() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    promise(1, Zxid.of(2, 3), 2);
    zab.on(new ZabInput.CurrentEpochSaved(4));
    world.take();
    ack(1, Zxid.of(3, 0));
    assertThat(world.take()).isEmpty();
    assertThat(zab.phase()).isEqualTo(Phase.SYNCHRONIZATION);
  }

  @Test
  void anObserverIsSynchronisedButDoesNotCount() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    promise(1, Zxid.of(2, 3), 2);
    zab.on(new ZabInput.CurrentEpochSaved(4));
    observe(4, 2);
    promise(4, Zxid.of(2, 3), 2);
    ack(4, MARK);
    assertThat(zab.phase()).isEqualTo(Phase.SYNCHRONIZATION);
  }

  @Test
  void proposalsAreCommittedInOrderByAQuorumAndNotBefore() {
    serve();
    propose();
    propose();
    assertThat(world.take())
        .containsExactly(
            "append 0x400000001", "send 1 PROPOSAL 0x400000001",
            "append 0x400000002", "send 1 PROPOSAL 0x400000002");
    zab.on(new ZabInput.Durable(Zxid.of(4, 2)));
    assertThat(world.take()).isEmpty();
    ack(1, Zxid.of(4, 1));
    assertThat(world.take()).containsExactly("send 1 COMMIT 0x400000001", "commit 0x400000001");
    ack(1, Zxid.of(4, 2));
    assertThat(world.take()).containsExactly("send 1 COMMIT 0x400000002", "commit 0x400000002");
  }

  @Test
  void theLeadersOwnVoteIsNotNeeded() {
    serve();
    join(2);
    propose();
    world.take();
    ack(1, Zxid.of(4, 1));
    ack(2, Zxid.of(4, 1));
    assertThat(world.take()).contains("commit 0x400000001");
  }

  @Test
  void observersGetInformAndNeverAnUncommittedProposal() {
    serve();
    propose();
    world.take();
    observe(4, 2);
    promise(4, Zxid.of(2, 3), 2);
    assertThat(world.take())
        .containsExactly(
            "send 4 LEADERINFO 0x400000000",
            "send 4 DIFF 0x400000000",
            "send 4 NEWLEADER 0x400000000");
    zab.on(new ZabInput.Durable(Zxid.of(4, 1)));
    ack(1, Zxid.of(4, 1));
    assertThat(world.take())
        .containsExactly(
            "send 1 COMMIT 0x400000001", "send 4 INFORM 0x400000001", "commit 0x400000001");
  }

  @Test
  void aFollowerThatComesInTheMiddleMissesNothingAndGetsNothingTwice() {
    serve();
    propose();
    propose();
    zab.on(new ZabInput.Durable(Zxid.of(4, 2)));
    ack(1, Zxid.of(4, 1));
    world.take();
    greet(2, 2);
    promise(2, Zxid.of(2, 3), 2);
    propose();
    assertThat(world.take())
        .containsExactly(
            "send 2 LEADERINFO 0x400000000",
            "send 2 DIFF 0x400000001",
            "send 2 PROPOSAL 0x400000001",
            "send 2 COMMIT 0x400000001",
            "send 2 PROPOSAL 0x400000002",
            "send 2 NEWLEADER 0x400000000",
            "append 0x400000003",
            "send 1 PROPOSAL 0x400000003",
            "send 2 PROPOSAL 0x400000003");
  }

  /** Server {@code sid} answers its oldest ping. */
  private void pong(long sid) {
    zab.on(new ZabInput.Received(sid, new QuorumPacket.Ping(0, new byte[0])));
  }

  private void sync(long connection) {
    zab.on(new ZabInput.Sync(connection));
  }

  private void confirm() {
    assertThat(zab.wantsConfirmation()).isTrue();
    zab.on(new ZabInput.Confirm());
  }

  @Test
  void aSyncIsAnsweredBehindTheCommitOfEverythingBeforeIt() {
    serve();
    propose();
    sync(1);
    propose();
    zab.on(new ZabInput.Durable(Zxid.of(4, 2)));
    confirm();
    pong(1);
    world.take();
    ack(1, Zxid.of(4, 1));
    assertThat(world.take())
        .containsExactly("send 1 COMMIT 0x400000001", "send 1 SYNC", "commit 0x400000001");
  }

  @Test
  void aSyncIsAnsweredOnceAQuorumHasAnsweredWhatWasSentLater() {
    serve();
    join(2);
    tick(1000);
    assertThat(world.take()).containsExactly("send 1 PING", "send 2 PING");
    sync(1);
    sync(ZabInput.Sync.OWN);
    assertThat(world.take()).isEmpty();
    confirm();
    assertThat(zab.wantsConfirmation()).as("a second round at the same time").isFalse();
    assertThat(world.take()).containsExactly("send 1 PING", "send 2 PING");
    pong(1);
    pong(2);
    assertThat(world.take()).as("on answers to what was sent before").isEmpty();
    pong(2);
    assertThat(world.take()).containsExactly("send 1 SYNC", "deliver " + OWN + " SYNC");
    assertThat(zab.pendingSyncs()).isZero();
    pong(1);
    assertThat(world.take()).isEmpty();
  }

  @Test
  void aSyncThatComesDuringARoundSharesTheNext() {
    serve();
    join(2);
    sync(1);
    confirm();
    sync(2);
    world.take();
    pong(2);
    assertThat(world.take()).containsExactly("send 1 SYNC");
    confirm();
    assertThat(world.take()).as("server 1 has a question to answer").containsExactly("send 2 PING");
    pong(1);
    assertThat(world.take()).as("now it is asked again").containsExactly("send 1 PING");
    pong(1);
    assertThat(world.take()).containsExactly("send 2 SYNC");
  }

  @Test
  void aSyncIsAnsweredByTheCommitOfWhatWasProposedBehindIt() {
    serve();
    sync(1);
    sync(ZabInput.Sync.OWN);
    propose();
    sync(1);
    zab.on(new ZabInput.Durable(Zxid.of(4, 1)));
    world.take();
    ack(1, Zxid.of(4, 1));
    assertThat(world.take())
        .containsExactly(
            "send 1 SYNC",
            "deliver " + OWN + " SYNC",
            "send 1 COMMIT 0x400000001",
            "commit 0x400000001");
    assertThat(zab.pendingSyncs()).isOne();
  }

  @Test
  void anObserverConfirmsNothing() {
    serve();
    observe(4, 2);
    promise(4, Zxid.of(2, 3), 2);
    ack(4, MARK);
    sync(4);
    world.take();
    confirm();
    assertThat(world.take()).containsExactly("send 1 PING");
    pong(4);
    pong(4);
    assertThat(world.take()).isEmpty();
  }

  @Test
  void aFollowerThatComesDuringARoundIsAskedToo() {
    serve();
    sync(ZabInput.Sync.OWN);
    confirm();
    zab.on(new ZabInput.Closed(1));
    greet(1, 2);
    promise(1, Zxid.of(2, 3), 2);
    world.take();
    ack(1, MARK);
    assertThat(world.take()).containsExactly("send 1 UPTODATE", "send 1 PING");
    pong(1);
    assertThat(world.take()).containsExactly("deliver " + OWN + " SYNC");
  }

  @Test
  void aReconfigurationUnderWayLetsBothQuorumsConfirm() {
    world.take();
    lead(true);
    serve();
    join(2);
    join(4);
    EnsembleConfig next =
        EnsembleConfig.parse("server.3=c:1:2\nserver.4=d:1:2\nserver.5=e:1:2")
            .withVersion(MARK + 1);
    byte[] reconfig = Reconfigs.txn(MARK + 1, next);
    zab.propose(MARK + 1, reconfig, 0, reconfig.length);
    zab.on(new ZabInput.Durable(MARK + 1));
    ack(1, MARK + 1);
    ack(2, MARK + 1);
    zab.on(new ZabInput.Sync(1));
    confirm();
    assertThat(world.take()).contains("send 1 PING", "send 2 PING", "send 4 PING");
    pong(1);
    pong(2);
    assertThat(world.take()).as("without a quorum of the servers to come").isEmpty();
    pong(4);
    ack(4, MARK + 1);
    assertThat(world.take()).contains("committed 400000001", "send 1 SYNC");
  }

  @Test
  void aLeaderThatIsNoneAnyMoreAnswersNoSync() {
    serve();
    sync(1);
    sync(ZabInput.Sync.OWN);
    confirm();
    world.take();
    zab.on(new ZabInput.Closed(1));
    tick(20_000);
    tick(2000);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    assertThat(world.take()).noneMatch(line -> line.endsWith("SYNC"));
    assertThat(zab.wantsConfirmation()).isFalse();
    zab.on(new ZabInput.Confirm());
    sync(ZabInput.Sync.OWN);
    assertThat(world.take()).isEmpty();
  }

  @Test
  void requestsAndSessionsGoToTheReplica() {
    serve();
    zab.on(new ZabInput.Received(1, new QuorumPacket.Request(BYTES, null)));
    zab.on(new ZabInput.Received(1, new QuorumPacket.Revalidate(5, 4000)));
    zab.on(new ZabInput.Received(1, new QuorumPacket.Ping(0, new byte[12])));
    zab.on(new ZabInput.Received(1, new QuorumPacket.Ping(0, new byte[0])));
    zab.on(new ZabInput.Answer(1, new QuorumPacket.Revalidated(5, true)));
    zab.on(new ZabInput.Closed(1));
    assertThat(world.take())
        .containsExactly(
            "deliver 1 REQUEST",
            "deliver 1 Revalidate[sessionId=5, timeoutMs=4000]",
            "deliver 1 PING of 12",
            "send 1 REVALIDATED");
  }

  @Test
  void anythingButAnAckBeforeServiceEndsTheConnection() {
    serve();
    greet(2, 2);
    promise(2, Zxid.of(2, 3), 2);
    world.take();
    zab.on(new ZabInput.Received(2, new QuorumPacket.Ping(0, new byte[0])));
    assertThat(world.take()).containsExactly("close 2");
  }

  @Test
  void anAckOfWhatWasNeverProposedEndsTheConnection() {
    serve();
    ack(1, Zxid.of(4, 7));
    assertThat(world.take()).contains("close 1");
  }

  @Test
  void aLearnerWithALaterConfigurationIsRefused() {
    zab.on(new ZabInput.LearnerConnected(2));
    zab.on(new ZabInput.Received(2, new QuorumPacket.FollowerInfo(0, LearnerInfo.of(2, 9))));
    assertThat(world.take()).containsExactly("close 2");
  }

  @Test
  void aLearnerOfTheOldDialectIsRefused() {
    zab.on(new ZabInput.LearnerConnected(2));
    zab.on(new ZabInput.Received(2, new QuorumPacket.FollowerInfo(0, new LearnerInfo(2, 0, 0))));
    assertThat(world.take()).containsExactly("close 2");
  }

  @Test
  void aLearnerWithTheLeadersOwnIdIsRefused() {
    zab.on(new ZabInput.LearnerConnected(9));
    zab.on(new ZabInput.Received(9, new QuorumPacket.FollowerInfo(0, LearnerInfo.of(3, 0))));
    assertThat(world.take()).containsExactly("close 9");
  }

  @Test
  void theLastEpochOfAllCannotBeForcedUponTheEnsemble() {
    observe(4, Integer.MAX_VALUE);
    assertThat(world.take()).containsExactly("close 4");
    greet(1, 2);
    assertThat(world.take()).containsExactly("saveAcceptedEpoch 4");
  }

  @Test
  void whoSaysSlowlyWhoItIsGetsNoMoreTimeForIt() {
    serve();
    zab.on(new ZabInput.LearnerConnected(9));
    for (int i = 0; i < 21; i++) {
      tick(100);
      zab.on(new ZabInput.Progress(9));
      zab.on(new ZabInput.Received(1, new QuorumPacket.Ping(0, new byte[0])));
    }
    assertThat(world.take()).contains("close 9");
  }

  @Test
  void aServerThatComesAgainTakesThePlaceOfItsEarlierConnection() {
    serve();
    zab.on(new ZabInput.LearnerConnected(11));
    zab.on(new ZabInput.Received(11, new QuorumPacket.FollowerInfo(MARK, LearnerInfo.of(1, 0))));
    assertThat(world.take()).containsExactly("close 1", "send 11 LEADERINFO 0x400000000");
  }

  @Test
  void aVoterThatHasPromisedItselfFurtherEndsTheEpoch() {
    serve();
    greet(2, 6);
    assertThat(world.take()).contains("shut", "close 1", "close 2", "became LOOKING");
  }

  @Test
  void pingsGoOutEveryHalfTickToWhoeverIsSynchronised() {
    serve();
    zab.on(new ZabInput.LearnerConnected(2));
    tick(100);
    tick(50);
    tick(50);
    assertThat(world.take()).containsExactly("send 1 PING", "send 1 PING");
  }

  @Test
  void pingsGoOutBeforeTheQuorumIsThereToo() {
    greet(1, 2);
    zab.on(new ZabInput.AcceptedEpochSaved(4));
    promise(1, Zxid.of(2, 3), 2);
    world.take();
    tick(100);
    assertThat(zab.phase()).isEqualTo(Phase.SYNCHRONIZATION);
    assertThat(world.take()).containsExactly("send 1 PING");
  }

  /** Risk 23: the disk may take as long as it likes. */
  @Test
  void pingsDoNotWaitForTheLeadersDisk() {
    serve();
    propose();
    zab.on(new ZabInput.Received(1, new QuorumPacket.Ack(Zxid.of(4, 1))));
    world.take();
    for (int i = 0; i < 30; i++) {
      tick(100);
      zab.on(new ZabInput.Received(1, new QuorumPacket.Ping(0, new byte[0])));
    }
    assertThat(world.take()).hasSize(30).containsOnly("send 1 PING");
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    zab.on(new ZabInput.Durable(Zxid.of(4, 1)));
    assertThat(world.take()).contains("commit 0x400000001");
  }

  /** Trap 11: what it is called by the configuration counts, what it came as is what it gets. */
  @Test
  void aFollowerWithoutAVoteGetsProposalsAndIsNotCounted() {
    serve();
    greet(4, 2);
    promise(4, Zxid.of(2, 3), 2);
    ack(4, MARK);
    world.take();
    propose();
    assertThat(world.take()).contains("send 4 PROPOSAL 0x400000001");
    zab.on(new ZabInput.Durable(Zxid.of(4, 1)));
    ack(4, Zxid.of(4, 1));
    assertThat(world.take()).isEmpty();
    ack(1, Zxid.of(4, 1));
    assertThat(world.take()).contains("commit 0x400000001", "send 4 COMMIT 0x400000001");
  }

  @Test
  void withoutAQuorumInTimeItGivesUp() {
    tick(1999);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    tick(1);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    assertThat(world.take()).contains("shut");
  }

  @Test
  void aLeaderThatHearsFromNoQuorumStepsDown() {
    serve();
    tick(900);
    assertThat(zab.role()).isEqualTo(Role.LEADING);
    tick(200);
    tick(200);
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    assertThat(world.take()).contains("close 1", "became LOOKING");
    assertThat(zab.canPropose()).isFalse();
  }

  @Test
  void aFollowerThatDoesNotAcknowledgeInTimeIsGivenUp() {
    serve();
    propose();
    for (int i = 0; i < 11; i++) {
      tick(100);
      zab.on(new ZabInput.Received(1, new QuorumPacket.Ping(0, new byte[0])));
    }
    assertThat(world.take()).doesNotContain("close 1");
    tick(100);
    assertThat(world.take()).contains("close 1");
  }

  @Test
  void anIdleFollowerIsNotGivenUp() {
    serve();
    for (int i = 0; i < 50; i++) {
      tick(100);
      zab.on(new ZabInput.Received(1, new QuorumPacket.Ping(0, new byte[0])));
    }
    assertThat(zab.role()).isEqualTo(Role.LEADING);
  }

  @Test
  void aLearnerWhoseHistoryIsOnDiskOnlyIsLookedUpThere() {
    serve();
    greet(2, 2);
    promise(2, Zxid.of(1, 5), 1);
    assertThat(world.take())
        .containsExactly("send 2 LEADERINFO 0x400000000", "findInLog 2 0x100000005");
    propose();
    zab.on(new ZabInput.FoundInLog(2, new LogPlace(true, Zxid.of(1, 5), Zxid.of(1, 6))));
    assertThat(world.take())
        .containsExactly(
            "append 0x400000001",
            "send 1 PROPOSAL 0x400000001",
            "send 2 DIFF 0x400000000",
            "sendLog 2 0x100000005..0x200000000",
            "send 2 PROPOSAL 0x200000001",
            "send 2 COMMIT 0x200000001",
            "send 2 PROPOSAL 0x200000002",
            "send 2 COMMIT 0x200000002",
            "send 2 PROPOSAL 0x200000003",
            "send 2 COMMIT 0x200000003",
            "send 2 PROPOSAL 0x400000001",
            "send 2 NEWLEADER 0x400000000");
  }

  @Test
  void aSnapshotCarriesTheMarkOfTheEpochSoThatItIsAboveAnyTail() {
    serve();
    greet(2, 3);
    promise(2, Zxid.of(3, 9), 3);
    assertThat(world.take())
        .containsExactly(
            "send 2 LEADERINFO 0x400000000",
            "sendSnapshot 2 0x200000003 as 0x400000000",
            "send 2 NEWLEADER 0x400000000");
  }

  @Test
  void proposalsAreRefusedOutOfOrderAndBeforeService() {
    assertThatThrownBy(this::propose).isInstanceOf(IllegalStateException.class);
    serve();
    assertThatThrownBy(() -> zab.propose(zab.nextZxid() + 1, BYTES, 0, 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theProposersBytesMayChangeAfterwards() {
    serve();
    byte[] bytes = {1, 2, 3, 4};
    zab.propose(zab.nextZxid(), bytes, 1, 2);
    bytes[1] = 0;
    assertThat(((QuorumPacket.Proposal) world.sent).data()).containsExactly(2, 3);
  }

  @Test
  void aFullDiskEndsTheLead() {
    serve();
    propose();
    zab.on(new ZabInput.AppendsLost());
    assertThat(zab.role()).isEqualTo(Role.LOOKING);
    assertThat(zab.lastLogged()).isEqualTo(Zxid.of(2, 3));
  }

  @Test
  void learnersAreRefusedByOneThatDoesNotLead() {
    serve();
    tick(3000);
    world.take();
    zab.on(new ZabInput.LearnerConnected(8));
    assertThat(world.take()).containsExactly("close 8");
  }
}
