package io.paddock.frontend;

import static io.paddock.frontend.Client.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.paddock.replica.Core;
import io.paddock.replica.FeedItem;
import io.paddock.replica.FeedItems;
import io.paddock.replica.SessionIds;
import io.paddock.replica.Submission;
import io.paddock.wire.Acl;
import io.paddock.wire.ErrorCode;
import io.paddock.wire.Id;
import io.paddock.wire.JuteReader;
import io.paddock.wire.MultiHeader;
import io.paddock.wire.Op;
import io.paddock.wire.OpCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order in which clients hear things: DESIGN, section 4, rule by rule. */
class OrderTest {
  private final World world = new World();

  // --- rule 1: replies in request order; a read after the writes before it and before those behind

  @Test
  void repliesLeaveInTheOrderOfTheRequests() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "x").get(2, "/a", false).ping().create(3, "/b", "").get(4, "/b", false);
    assertThat(ann.take()).as("nothing is answered before the write it waits for").isEmpty();
    world.settle();
    assertThat(ann.heard()).containsExactly("#1 @2", "#2 @2", "#-2 @2", "#3 @3", "#4 @3");
  }

  @Test
  void aReadSeesTheWritesBeforeItAndNoneBehindIt() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "0").settle().take();
    ann.set(2, "/a", "1").get(3, "/a", false).set(4, "/a", "2").get(5, "/a", false);
    world.settle();
    List<Client.Frame> frames = ann.take();
    assertThat(frames).extracting(Client.Frame::xid).containsExactly(2, 3, 4, 5);
    assertThat(text(frames.get(1).in().readBuffer())).isEqualTo("1");
    assertThat(frames.get(1).zxid()).isEqualTo(frames.get(0).zxid());
    assertThat(text(frames.get(3).in().readBuffer())).isEqualTo("2");
  }

  @Test
  void aReadWithNothingPendingIsAnsweredAtOnce() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    bob.create(1, "/b", "");
    ann.get(1, "/", false);
    assertThat(ann.heard()).as("others' writes do not delay it").containsExactly("#1 @2");
  }

  @Test
  void writesGoToTheCoreBeforeThoseBeforeThemAreAnswered() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "").create(2, "/a/b", "").create(3, "/a/b", "");
    world.settle();
    assertThat(ann.heard()).containsExactly("#1 @2", "#2 @3", "#3 @4 err -110");
  }

  @Test
  void aMalformedRequestIsAnsweredInItsTurn() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "")
        .sendHex("00000002 00000001 00000009")
        .sendHex("00000003 00000004 7fffffff")
        .get(4, "/a", false);
    assertThat(ann.take()).isEmpty();
    world.settle();
    assertThat(ann.heard()).containsExactly("#1 @2", "#2 @2 err -5", "#3 @2 err -5", "#4 @2");
  }

  @Test
  void aMalformedMultiTakesAZxidAndOtherMalformedWritesDoNot() {
    Client ann = world.connect("ann");
    ann.send(1, OpCode.MULTI, body -> body.writeInt(4))
        .send(2, new Op.Multi(List.of(create("/m", Acl.OPEN, 7))))
        .send(3, new Op.Multi(List.of(create("/m", null, 7))))
        .send(4, new Op.Multi(List.of(new Op.SetAcl("/", Acl.OPEN, -1))))
        .send(5, OpCode.DELETE, body -> body.writeInt(4))
        .send(6, new Op.Multi(List.of(create("/m", null, 0))))
        .send(7, new Op.Multi(List.of(create("/m", null, 5))));
    world.settle();
    assertThat(ann.heard())
        .containsExactly(
            "#1 @2 err -5",
            "#2 @3 err -5",
            "#3 @4 err -5",
            "#4 @5 err -5",
            "#5 @5 err -5",
            "#6 @5 err -5",
            "#7 @5 err -5");
  }

  private static Op create(String path, List<Acl> acl, int flags) {
    return new Op.Create(OpCode.CREATE, path, new byte[0], acl, flags, -1);
  }

  @Test
  void aCreateTtlWithoutTtlFlagsIsAPlainCreateInAMulti() {
    Client ann = world.connect("ann");
    Op create = new Op.Create(OpCode.CREATE_TTL, "/t", new byte[0], Acl.OPEN, 2, 1000);
    JuteReader in = ann.send(1, new Op.Multi(List.of(create))).settle().one().in();
    assertThat(MultiHeader.read(in)).isEqualTo(new MultiHeader(1, false, 0));
    assertThat(in.readString()).isEqualTo("/t0000000000");
  }

  @Test
  void aSyncIsAnsweredBehindEverythingBeforeIt() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    bob.create(1, "/b", "");
    ann.send(1, OpCode.SYNC, body -> body.writeString("/any")).get(2, "/b", false);
    assertThat(ann.take()).isEmpty();
    world.settle();
    List<Client.Frame> frames = ann.take();
    assertThat(frames).extracting(Client.Frame::toString).containsExactly("#1 @3", "#2 @3");
    assertThat(frames.get(0).in().readString()).isEqualTo("/any");
  }

  // --- rule 2: the event comes before anything that shows the change
  // ------------------------------

  @Test
  void anEventComesBeforeTheReplyThatShowsTheChange() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    ann.create(1, "/a", "old").settle().get(2, "/a", true).take();
    // Both land in the same stretch of the feed: ann's read waits behind a write that is after
    // bob's.
    bob.set(1, "/a", "new");
    ann.create(3, "/other", "").get(4, "/a", false);
    world.settle();
    assertThat(ann.heard()).containsExactly("data /a @4", "#3 @5", "#4 @5");
  }

  @Test
  void anEventComesBeforeTheReplyToTheWriteThatFiredIt() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "").settle().get(2, "/a", true).take();
    ann.set(3, "/a", "new").get(4, "/a", false).settle();
    assertThat(ann.heard()).containsExactly("data /a @3", "#3 @3", "#4 @3");
  }

  @Test
  void aMultiTellsAllItsEventsInItsOrderBeforeItsReply() {
    Client ann = world.connect("ann");
    ann.addWatch(1, "/", 1).take();
    ann.send(
            2,
            new Op.Multi(
                List.of(
                    new Op.Create(OpCode.CREATE, "/m", new byte[0], Acl.OPEN, 0, -1),
                    new Op.SetData("/m", new byte[1], -1),
                    new Op.Delete("/m", -1))))
        .settle();
    assertThat(ann.heard())
        .containsExactly("created /m @2", "data /m @2", "deleted /m @2", "#2 @2");
  }

  // --- rule 3: no event before the reply that armed the watch -----------------------------------

  @Test
  void anEventComesBehindTheReplyThatArmedItsWatch() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    ann.create(1, "/a", "old").settle().take();
    // The feed: ann's write, then bob's change. Ann's read with a watch runs between the two.
    ann.create(2, "/other", "").get(3, "/a", true);
    bob.set(1, "/a", "new");
    world.settle();
    List<Client.Frame> frames = ann.take();
    assertThat(frames)
        .extracting(Client.Frame::toString)
        .containsExactly("#2 @4", "#3 @4", "data /a @5");
    assertThat(text(frames.get(1).in().readBuffer())).isEqualTo("old");
  }

  @Test
  void whatSetWatchesMakesUpForComesBeforeItsReply() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "").settle().take();
    ann.send(
        -8,
        OpCode.SET_WATCHES,
        body -> {
          body.writeLong(0);
          body.writeInt(1);
          body.writeString("/a");
          body.writeInt(0);
          body.writeInt(0);
        });
    assertThat(ann.heard()).containsExactly("data /a @-1", "#-8 @2");
  }

  // --- rule 4: zxids never fall ------------------------------------------------------------------

  @Test
  void aClientThatHasSeenMoreThanThisServerIsTurnedAwayInSilence() {
    Client ann = world.dial("ann").sendConnect(1, 0, 30_000, new byte[16], true);
    assertThat(ann.closed).isTrue();
    assertThat(ann.takeHex()).isEmpty();
  }

  @Test
  void aLoopThatIsOnlyLateFollowsTheFeedBeforeItTurnsSomebodyAway() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "");
    world.commit();
    Client bob = world.dial("bob", 1).sendConnect(2, 0, 30_000, new byte[16], true);
    assertThat(bob.closed).isFalse();
    world.settle();
    bob.takeConnect();
    bob.get(1, "/a", false);
    assertThat(bob.one().zxid()).isGreaterThanOrEqualTo(2);
  }

  // --- rule 5: no answer to a write whose outcome is not known ----------------------------------

  @Test
  void aWriteIsNotAnsweredBeforeItIsDurable() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    bob.get(1, "/", true).take();
    ann.create(1, "/a", "").set(2, "/", "");
    for (View loop : world.loops) {
      loop.advance(world.nowNanos, Integer.MAX_VALUE);
    }
    assertThat(ann.take()).isEmpty();
    assertThat(bob.take()).isEmpty();
    world.settle();
    assertThat(ann.heard()).containsExactly("#1 @3", "#2 @4");
    assertThat(bob.heard()).containsExactly("data / @4");
  }

  // --- rule 6: closeSession ----------------------------------------------------------------------

  @Test
  void closingASessionTellsOthersFirstThenRepliesThenCloses() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    ann.create(1, "/e1", "", 1, Acl.OPEN).create(2, "/e2", "", 1, Acl.OPEN).settle().take();
    bob.addWatch(1, "/", 1).take();
    ann.addWatch(3, "/e1", 0).take();
    world.told.clear();
    ann.closeSession(4).get(5, "/", false).settle();
    assertThat(bob.heard()).containsExactlyInAnyOrder("deleted /e1 @5", "deleted /e2 @5");
    assertThat(ann.heard()).containsExactly("deleted /e1 @5", "#4 @5");
    assertThat(world.told).hasSize(4).last().as("the reply comes last").isEqualTo("ann");
    assertThat(ann.closed).isTrue();
    assertThat(ann.lane.wantsRead()).isFalse();
    assertThat(world.loops.get(0).lane(ann.session.sessionId())).isNull();
    assertThat(world.loops.get(0).tree().sessionCount()).isOne();
  }

  @Test
  void theConnectionOfAnExpiredSessionIsClosedWithoutAWord() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    ann.create(1, "/e", "", 1, Acl.OPEN).settle().take();
    bob.addWatch(1, "/", 1).take();
    for (int i = 0; i < 5; i++) {
      world.passMs(10_000);
      bob.ping();
      world.loops.get(0).endTouchRound();
    }
    assertThat(ann.closed).isTrue();
    assertThat(ann.take()).isEmpty();
    assertThat(bob.closed).isFalse();
    assertThat(bob.heard()).contains("deleted /e @4");
  }

  @Test
  void aSessionThatMovedIsCutWithoutAWord() {
    Scripted core = new Scripted();
    Client ann = core.connect();
    ann.create(1, "/a", "").get(2, "/", false);
    core.answer(ErrorCode.SESSIONMOVED);
    assertThat(ann.take()).isEmpty();
    assertThat(ann.closed).isTrue();
  }

  @Test
  void aCloseSessionThatCannotBeDoneIsToldAndTheConnectionClosesNevertheless() {
    Scripted core = new Scripted();
    Client ann = core.connect();
    ann.closeSession(1);
    core.answer(ErrorCode.SYSTEMERROR);
    assertThat(ann.heard()).containsExactly("#1 @0 err -1");
    assertThat(ann.closed).isTrue();
  }

  @Test
  void anAnswerOutOfOrderClosesTheConnectionInsteadOfTellingALie() {
    Scripted core = new Scripted();
    Client ann = core.connect();
    ann.create(1, "/a", "");
    Submission first = core.submitted;
    ann.create(2, "/b", "");
    core.answer(ErrorCode.OK);
    assertThat(core.submitted).isNotSameAs(first);
    assertThat(ann.take()).isEmpty();
    assertThat(ann.closed).isTrue();
  }

  /** A core that says what the test wants to the last thing it was asked. */
  private final class Scripted implements Core {
    private Submission submitted;
    private FeedItem last = FeedItem.start(world.last().tree());
    private final View loop =
        new View(this, last, new SessionIds(1, 1), World.ACCESS, World.LIMITS, 1, Meter.NONE);

    Client connect() {
      Client ann = new Client(world, "ann");
      ann.lane = loop.accept(ann, List.of(new Id("ip", "10.0.0.8")));
      ann.sendConnect(0, 0, 30_000, null, true);
      answer(ErrorCode.OK);
      ann.takeConnect();
      return ann;
    }

    void answer(ErrorCode error) {
      FeedItems.append(last, submitted, error);
      last = last.next();
      loop.advance(0, 1);
    }

    @Override
    public void submit(Submission submission) {
      submitted = submission;
    }

    @Override
    public void touch(long sessionId, int timeoutMs) {}
  }

  @Test
  void aCoreThatAnswersBeforeItsSubmissionReturnsChangesNothing() {
    world.instant = true;
    Client ann = world.dial("ann").sendConnect(0, 0, 30_000, null, true);
    ann.takeConnect();
    Client bob = world.connect("bob");
    bob.addWatch(1, "/", 1).take();
    ann.create(1, "/e", "", 1, Acl.OPEN).get(2, "/e", true).set(3, "/e", "x");
    ann.send(4, OpCode.SYNC, body -> body.writeString("/e")).closeSession(5).get(6, "/", false);
    assertThat(ann.heard())
        .containsExactly("#1 @3", "#2 @3", "data /e @4", "#3 @4", "#4 @4", "#5 @5");
    assertThat(bob.heard()).containsExactly("created /e @3", "data /e @4", "deleted /e @5");
    assertThat(ann.closed).isTrue();
    assertThat(ann.lane.isEstablished()).isFalse();
  }

  @Test
  void whoAsksForTheFeedWhileItIsFollowedLeavesTheItemAtHandWhole() {
    Client ann = world.connect("ann");
    Client bob = world.connect("bob");
    View loop = world.loops.get(0);
    bob.addWatch(1, "/", 1).take();
    ann.onWrite = () -> assertThat(loop.advance(0, 9)).isZero();
    ann.create(1, "/e", "", 1, Acl.OPEN).closeSession(2).settle();
    assertThat(ann.heard()).containsExactly("#1 @3", "#2 @4");
    assertThat(bob.heard()).containsExactly("created /e @3", "deleted /e @4");
  }

  // --- rule 7, as ZooKeeper has it: pings keep their place ---------------------------------------

  @Test
  void aPingIsAnsweredInItsTurn() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "").ping();
    assertThat(ann.take()).isEmpty();
    world.settle();
    assertThat(ann.heard()).containsExactly("#1 @2", "#-2 @2");
    ann.ping();
    assertThat(ann.heard()).containsExactly("#-2 @2");
  }

  // --- identities
  // ---------------------------------------------------------------------------------

  @Test
  void anIdentityCountsFromItsPacketOnAndForNothingBefore() {
    Client ann = world.connect("ann");
    List<Acl> owner = List.of(new Acl(Acl.ALL, new Id("auth", "")));
    ann.auth(-4, "digest", "ann:pw").create(1, "/mine", "secret", 0, owner).settle();
    assertThat(ann.heard()).containsExactly("#-4 @0", "#1 @2");

    Client bob = world.connect("bob");
    bob.create(1, "/b", "").get(2, "/mine", false);
    bob.auth(-4, "digest", "ann:pw").get(3, "/mine", false);
    assertThat(bob.take()).as("in its turn").isEmpty();
    world.settle();
    assertThat(bob.heard()).containsExactly("#1 @4", "#2 @4 err -102", "#-4 @0", "#3 @4");
  }

  @Test
  void aClientHasNotMoreIdentitiesThanCanGoWithARequest() {
    Client ann = world.connect("ann");
    for (int i = 0; i < 1000 && !ann.closed; i++) {
      ann.auth(-4, "digest", "user" + i + ":pw").settle();
    }
    assertThat(ann.oddities).singleElement().asString().contains("too many identities");
    Client bob = world.connect("bob");
    bob.auth(-4, "digest", "b".repeat(60_000) + ":pw").settle();
    assertThat(bob.closed).isFalse();
    bob.auth(-4, "digest", "o".repeat(10_000) + ":pw").settle();
    assertThat(bob.closed).isTrue();
  }

  @Test
  void aFailedAuthenticationIsToldBehindWhatCameBeforeThenTheConnectionCloses() {
    Client ann = world.connect("ann");
    ann.create(1, "/a", "").auth(-4, "nonsense", "x").get(2, "/a", false);
    assertThat(ann.closed).isFalse();
    world.settle();
    assertThat(ann.heard()).containsExactly("#1 @2", "#-4 @0 err -115");
    assertThat(world.counted.authFailures).isOne();
    assertThat(ann.oddities).singleElement().asString().endsWith("by scheme nonsense");
    assertThat(ann.closed).isTrue();
    assertThat(world.loops.get(0).tree().sessionTimeoutMs(ann.session.sessionId()))
        .as("the session lives on")
        .isEqualTo(30_000);
  }

  @Test
  void anUnknownOperationIsRefusedBehindWhatCameBeforeThenTheConnectionCloses() {
    for (int type : new int[] {13, -10, 10, 999, 0, -1}) {
      Client ann = world.connect("ann");
      ann.create(1, "/a" + type, "").send(2, type, body -> {}).get(3, "/", false);
      assertThat(ann.take()).isEmpty();
      world.settle();
      List<String> heard = ann.heard();
      assertThat(heard).hasSize(2).last().isEqualTo("#2 @-1 err -6");
      assertThat(ann.closed).isTrue();
    }
  }

  // --- bounds
  // -------------------------------------------------------------------------------------

  @Test
  void aConnectionWithTooMuchPendingIsNotReadUntilHalfOfItIsAnswered() {
    World small = new World(new Limits(4, 1 << 20, 1 << 20, 4000, 40_000));
    Client ann = small.connect("ann");
    int resumed = ann.resumed;
    ann.create(1, "/a", "");
    small.commit();
    ann.create(2, "/b", "").create(3, "/c", "");
    assertThat(ann.lane.wantsRead()).isTrue();
    ann.create(4, "/d", "");
    assertThat(ann.lane.wantsRead()).isFalse();
    small.loops.get(0).advance(0, 9);
    assertThat(ann.lane.outstanding()).isEqualTo(3);
    assertThat(ann.resumed).isEqualTo(resumed);
    small.settle();
    assertThat(ann.lane.wantsRead()).isTrue();
    assertThat(ann.resumed).isEqualTo(resumed + 1);
  }

  @Test
  void aConnectionWithTooManyBytesPendingIsNotRead() {
    World small = new World(new Limits(1000, 500, 1 << 20, 4000, 40_000));
    Client ann = small.connect("ann");
    ann.create(1, "/a", "x".repeat(300));
    assertThat(ann.lane.wantsRead()).isTrue();
    ann.get(2, "/" + "y".repeat(300), false);
    assertThat(ann.lane.wantsRead()).isFalse();
    small.settle();
    assertThat(ann.heard()).containsExactly("#1 @2", "#2 @2 err -101");
    assertThat(ann.lane.wantsRead()).isTrue();
  }

  @Test
  void aLagIsCounted() {
    Client ann = world.connect("ann");
    for (int i = 0; i < 10; i++) {
      ann.create(i, "/n" + i, "");
    }
    world.commit();
    View loop = world.loops.get(1);
    assertThat(loop.lag(100)).isEqualTo(10);
    assertThat(loop.lag(3)).isEqualTo(3);
    assertThat(loop.advance(0, 4)).isEqualTo(4);
    assertThat(loop.lag(100)).isEqualTo(6);
  }
}
